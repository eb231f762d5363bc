package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.config.CertificateUser;
import io.headgate.limiter.testkit.KeyPairFiles;
import io.headgate.policy.match.Caller;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.server.reactive.SslInfo;

class ClientCertificatesTest {

    private static final Identity REFUSED = new Identity.Rejected(AuthenticationFailure.BAD_CERTIFICATE);

    @TempDir
    private Path folder;

    /** A connection with this certificate, or none. */
    private record Connection(@Nullable X509Certificate certificate) implements SslInfo {

        @Override
        public @Nullable String getSessionId() {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getPeerCertificates() {
            return certificate == null ? null : new X509Certificate[] {certificate};
        }
    }

    private Connection connection(String name, String... alternatives) throws Exception {
        try (InputStream in = Files.newInputStream(
                KeyPairFiles.create(folder, name, alternatives).certificate())) {
            return new Connection(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
    }

    private static Identity look(CertificateUser user, @Nullable SslInfo connection) {
        return new ClientCertificates(user, InstantSource.system()).look(connection);
    }

    private static Identity user(String name) {
        return new Identity.Verified(new Caller(name, null, null));
    }

    @Test
    void theNameIsTheSubjectsOrTheOneUri() throws Exception {
        Connection connection = connection("uploader", "uri:spiffe://example.org/uploader");
        assertThat(look(CertificateUser.COMMON_NAME, connection)).isEqualTo(user("uploader"));
        assertThat(look(CertificateUser.URI, connection)).isEqualTo(user("spiffe://example.org/uploader"));
    }

    @Test
    void whoShowsNoneIsNobodyAndWhoseNameIsInDoubtIsRefused() throws Exception {
        assertThat(look(CertificateUser.URI, null)).isEqualTo(Identity.ANONYMOUS);
        assertThat(look(CertificateUser.URI, new Connection(null))).isEqualTo(Identity.ANONYMOUS);
        assertThat(look(CertificateUser.URI, connection("none"))).isEqualTo(REFUSED);
        assertThat(look(
                        CertificateUser.URI,
                        connection("two", "uri:spiffe://example.org/a", "uri:spiffe://example.org/b")))
                .isEqualTo(REFUSED);
    }

    @Test
    void aCertificateThatHasEndedOnAnOpenConnectionIsRefused() throws Exception {
        Connection connection = connection("uploader");
        Instant later = Instant.now().plus(Duration.ofDays(3));
        assertThat(new ClientCertificates(CertificateUser.COMMON_NAME, InstantSource.fixed(later)).look(connection))
                .isEqualTo(REFUSED);
    }
}
