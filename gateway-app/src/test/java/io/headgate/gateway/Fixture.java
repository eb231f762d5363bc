package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.nav.security.mock.oauth2.MockOAuth2Server;

/** One gateway on the in-process store, its backends, its issuer, and clients without end. */
final class Fixture implements AutoCloseable {

    /** What tells backends that it was this gateway that said who calls, in Base64. */
    static final String IDENTITY_SECRET = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=";

    static final String AUDIENCE = "headgate-tests";
    static final String ISSUER = "tests";

    private static final int CLIENTS = 200;

    final WireMockServer feed = new WireMockServer(options().dynamicPort());
    final StreamingBackend upload = StreamingBackend.start();
    final MockOAuth2Server issuer = new MockOAuth2Server();
    final Path policy;
    final RunningGateway gateway;

    private final Path folder;
    private final AtomicInteger next = new AtomicInteger();

    Fixture() {
        feed.start();
        feed.stubFor(any(anyUrl()).atPriority(10).willReturn(ok("from the feed")));
        issuer.start();
        try {
            folder = Files.createTempDirectory("headgate-tests");
            policy = Files.writeString(folder.resolve("policy.yaml"), resource("/policy.yaml"));
            Path keys = Files.writeString(folder.resolve("keys.yaml"), keys());
            Path urlKeys =
                    Files.writeString(folder.resolve("url-keys"), "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
            Path identityKeys = Files.writeString(folder.resolve("identity-keys"), "b1 " + IDENTITY_SECRET + "\n");
            gateway = RunningGateway.start(List.of(
                    "--headgate.policy=" + policy,
                    "--headgate.store.type=memory",
                    "--headgate.auth.api-keys=" + keys,
                    "--headgate.signed-urls.keys=" + urlKeys,
                    "--headgate.signed-urls.paths=/api/feed/signed",
                    "--headgate.backends.identity-keys=" + identityKeys,
                    "--headgate.auth.jwt.issuer=" + issuer.issuerUrl(ISSUER),
                    "--headgate.auth.jwt.audience=" + AUDIENCE,
                    "--headgate.auth.jwt.jwk-set-uri=" + issuer.jwksUrl(ISSUER),
                    "--headgate.backends.feed.uri=" + feed.baseUrl(),
                    "--headgate.backends.upload.uri=" + upload.uri()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the gateway has the issuer's keys: one that found it busy asks again half a minute later. */
    void awaitKeys() throws InterruptedException {
        String token =
                issuer.issueToken(ISSUER, "early-bird", AUDIENCE, Map.of(), 600).serialize();
        while (anonymous()
                        .with("Authorization", "Bearer " + token)
                        .get("/nowhere")
                        .status()
                == 503) {
            Thread.sleep(1_000);
        }
    }

    /** A client with an API key on this plan. */
    Client client(String plan) {
        int number = next.incrementAndGet();
        return anonymous(number, plan + number).with("X-API-Key", key(plan, number));
    }

    /** A client without a credential. */
    Client anonymous() {
        int number = next.incrementAndGet();
        return anonymous(number, "");
    }

    private Client anonymous(int number, String user) {
        return new Client(gateway, user, List.of("X-Forwarded-For", "10.1.0." + number));
    }

    private static String key(String plan, int number) {
        return "key-" + plan + "-" + number;
    }

    private static String keys() {
        return List.of("free", "pro").stream()
                .flatMap(plan -> IntStream.rangeClosed(1, CLIENTS)
                        .mapToObj(number -> "  - { id: %1$s%2$d, sha256: %3$s, user: %1$s%2$d, plan: %1$s }"
                                .formatted(plan, number, sha256(key(plan, number)))))
                .collect(Collectors.joining("\n", "keys:\n", "\n"));
    }

    static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static String resource(String name) throws IOException {
        try (InputStream in = Fixture.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no such resource: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        gateway.close();
        issuer.shutdown();
        feed.stop();
        upload.close();
    }
}
