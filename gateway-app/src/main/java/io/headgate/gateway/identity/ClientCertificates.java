package io.headgate.gateway.identity;

import io.headgate.gateway.config.CertificateUser;
import io.headgate.policy.match.Caller;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.SslInfo;

/**
 * Says who a client is by the certificate of its connection, which TLS has verified against the authorities of the port.
 * Thread-safe.
 */
final class ClientCertificates {

    /** Of alternative names that are URIs (RFC 5280, section 4.2.1.6). */
    private static final Integer URI_NAME = 6;

    private final CertificateUser user;
    private final InstantSource clock;

    ClientCertificates(CertificateUser user, InstantSource clock) {
        this.user = user;
        this.clock = clock;
    }

    /** Whom the certificate of a connection stands for; anonymous if there is none. */
    Identity look(@Nullable SslInfo connection) {
        X509Certificate[] chain = connection == null ? null : connection.getPeerCertificates();
        if (chain == null || chain.length == 0) {
            return Identity.ANONYMOUS;
        }
        return name(chain[0])
                // The connection may have outlived it.
                .filter(name -> clock.instant().isBefore(chain[0].getNotAfter().toInstant()))
                .<Identity>map(name -> new Identity.Verified(new Caller(name, null, null)))
                .orElseGet(() -> new Identity.Rejected(AuthenticationFailure.BAD_CERTIFICATE));
    }

    private Optional<String> name(X509Certificate certificate) {
        return switch (user) {
            case COMMON_NAME -> commonName(certificate);
            case URI -> uri(certificate);
        };
    }

    private static Optional<String> commonName(X509Certificate certificate) {
        try {
            return only(new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(part -> part.getValue().toString())
                            .toList());
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> uri(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? Optional.empty()
                    : only(names.stream()
                            .filter(name -> name.get(0).equals(URI_NAME))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList());
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
    }

    /** With several, nobody could say which is meant. */
    private static Optional<String> only(List<String> names) {
        return names.size() == 1 && !names.get(0).isBlank() ? Optional.of(names.get(0)) : Optional.empty();
    }
}
