package io.headgate.gateway.identity;

import org.springframework.http.HttpStatus;

/**
 * Why a credential was not accepted, as far as its sender may know. The challenges follow RFC 6750 §3.
 */
public enum AuthenticationFailure {
    /** There is none, where the route requires a caller who is somebody. */
    NO_CREDENTIAL(
            HttpStatus.UNAUTHORIZED,
            "Bearer, ApiKey header=\"X-API-Key\"",
            "This needs a credential. Send an X-API-Key or an Authorization header."),
    /** More than one credential; RFC 6750 §3.1 calls that a malformed request. */
    TWO_CREDENTIALS(
            HttpStatus.BAD_REQUEST,
            "Bearer error=\"invalid_request\"",
            "The request carries more than one credential. Send one X-API-Key or one Authorization header."),
    /** A credential where logs and histories keep it; RFC 9700 §4.3.2 has servers refuse it. */
    IN_QUERY(
            HttpStatus.BAD_REQUEST,
            "Bearer error=\"invalid_request\"",
            "The query carries a credential, which belongs in a header. Take it out of use: it may be in logs by now."),
    /** An Authorization header of a scheme that is not spoken here. */
    UNKNOWN_SCHEME(
            HttpStatus.UNAUTHORIZED,
            "Bearer",
            "The Authorization header is not of the Bearer scheme, and no other is accepted."),
    /** An API key that is unknown, or no longer valid; which of the two is not told. */
    BAD_API_KEY(HttpStatus.UNAUTHORIZED, "ApiKey header=\"X-API-Key\"", "The API key is not valid."),
    /** A token whose signature, issuer, audience, life or form is not right. */
    BAD_TOKEN(HttpStatus.UNAUTHORIZED, "Bearer error=\"invalid_token\"", "The bearer token is not valid."),
    /** A client certificate that names no user, or has ended. */
    BAD_CERTIFICATE(
            HttpStatus.UNAUTHORIZED,
            "Bearer, ApiKey header=\"X-API-Key\"",
            "The client certificate of this connection names no user, or is valid no longer."),
    /** The token may be right, but the keys to tell cannot be had. Not the caller's fault. */
    NO_KEYS(
            HttpStatus.SERVICE_UNAVAILABLE,
            "",
            "Bearer tokens cannot be verified at the moment, because their issuer does not answer.");

    private final HttpStatus status;
    private final String challenge;
    private final String detail;

    AuthenticationFailure(HttpStatus status, String challenge, String detail) {
        this.status = status;
        this.challenge = challenge;
        this.detail = detail;
    }

    /** Status of the answer. */
    public HttpStatus status() {
        return status;
    }

    /** Value of {@code WWW-Authenticate}; empty if the caller can do nothing about it. */
    public String challenge() {
        return challenge;
    }

    /** What happened, in words. */
    public String detail() {
        return detail;
    }
}
