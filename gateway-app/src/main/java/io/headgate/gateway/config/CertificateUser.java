package io.headgate.gateway.config;

/** What in a client's certificate names its user. */
public enum CertificateUser {
    /** The common name of its subject. */
    COMMON_NAME,
    /** The one URI among its alternative names, such as {@code spiffe://example.org/uploader}. */
    URI
}
