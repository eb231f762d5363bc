package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWKSet;
import io.headgate.limiter.testkit.KeyPairFiles;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;

@Timeout(120)
class JwkSetEndpointTest {

    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(routes -> routes.get("/keys", (request, response) -> response.sendString(Mono.just("{\"keys\":[]}")))
                    .get("/moved", (request, response) -> response.sendRedirect("/keys"))
                    .get("/html", (request, response) -> response.sendString(Mono.just("<html>")))
                    .get(
                            "/endless",
                            (request, response) -> response.sendString(
                                    Flux.just(" ".repeat(8_192)).repeat()))
                    .get("/silent", (request, response) -> Mono.never())
                    .get(
                            "/stuck",
                            (request, response) -> response.sendString(
                                    Flux.concat(Mono.just("{"), Mono.never()),
                                    java.nio.charset.StandardCharsets.UTF_8)))
            .bindNow();

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    @Test
    void anIssuersKeysAreRead() throws Exception {
        assertThat(asked("/keys").get(60, TimeUnit.SECONDS).isEmpty()).isTrue();
    }

    @Test
    void aRedirectIsNotFollowed() {
        assertThatThrownBy(() -> asked("/moved").get(60, TimeUnit.SECONDS)).hasMessageContaining("answered 302");
    }

    @Test
    void whatIsNoKeySetIsAnError() {
        assertThatThrownBy(() -> asked("/html").get(60, TimeUnit.SECONDS)).hasMessageContaining("JSON");
        assertThatThrownBy(() -> asked("/nowhere").get(60, TimeUnit.SECONDS)).hasMessageContaining("answered 404");
    }

    @Test
    void anAnswerWithoutEndIsGivenUp() {
        assertThatThrownBy(() -> asked("/endless").get(60, TimeUnit.SECONDS)).hasMessageContaining("larger than");
    }

    @Test
    void anIssuerThatDoesNotAnswerIsGivenUpWithinSeconds() {
        for (String path : new String[] {"/silent", "/stuck"}) {
            JwkSetEndpoint endpoint = new JwkSetEndpoint(at(path));
            assertThatThrownBy(() -> endpoint.get().toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .hasMessageContaining("2000ms");
        }
    }

    @Test
    void anIssuerIsSpokenToInCipherIfItsAddressSaysSo() {
        URI encrypted = URI.create("https://127.0.0.1:" + server.port() + "/keys");
        assertThatThrownBy(() -> new JwkSetEndpoint(encrypted, Duration.ofMinutes(1))
                        .get()
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS))
                .as("a server that answers in clear text")
                .hasRootCauseInstanceOf(SSLException.class);
    }

    @Test
    void anIssuerMayHaveACertificateOfAnAuthorityThatJavaDoesNotKnow(@TempDir Path folder) throws Exception {
        KeyPairFiles issuer = KeyPairFiles.create(folder, "issuer");
        KeyPairFiles other = KeyPairFiles.create(folder, "other");
        SslContext own = Http11SslContextSpec.forServer(
                        issuer.certificate().toFile(), issuer.key().toFile())
                .sslContext();
        DisposableServer encrypted = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(tls -> tls.sslContext(own))
                .handle((request, response) -> response.sendString(Mono.just("{\"keys\":[]}")))
                .bindNow();
        try {
            URI there = URI.create("https://127.0.0.1:" + encrypted.port() + "/keys");
            Duration patience = Duration.ofMinutes(1);
            assertThat(JwkSetEndpoint.trusting(there, issuer.certificate(), patience)
                            .get()
                            .toCompletableFuture()
                            .get(60, TimeUnit.SECONDS)
                            .isEmpty())
                    .isTrue();
            for (JwkSetEndpoint refused : List.of(
                    new JwkSetEndpoint(there, patience),
                    JwkSetEndpoint.trusting(there, other.certificate(), patience),
                    JwkSetEndpoint.trusting(
                            URI.create("https://localhost:" + encrypted.port() + "/keys"),
                            issuer.certificate(),
                            patience))) {
                assertThatThrownBy(() -> refused.get().toCompletableFuture().get(60, TimeUnit.SECONDS))
                        .hasRootCauseInstanceOf(GeneralSecurityException.class);
            }
        } finally {
            encrypted.disposeNow();
        }
    }

    @Test
    void authoritiesThatAreNoneAreRefused(@TempDir Path folder) throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        for (Path file : List.of(empty, folder.resolve("missing.pem"))) {
            assertThatThrownBy(() -> JwkSetEndpoint.trusting(at("/keys"), file, Duration.ofMinutes(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Patiently: what is answered is no question of time. */
    private CompletableFuture<JWKSet> asked(String path) {
        return new JwkSetEndpoint(at(path), Duration.ofMinutes(1)).get().toCompletableFuture();
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
