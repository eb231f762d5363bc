package io.headgate.load.bench;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Issues bearer tokens, publishes the one key they are signed with (ES256), and counts who asks for it. Thread-safe. */
public final class TokenIssuer implements AutoCloseable {

    /** Name of the key that is published. */
    public static final String KEY = "known";

    private static final String NAME = "https://issuer.example";
    private static final String AUDIENCE = "headgate";
    private static final Duration LIFE = Duration.ofHours(1);
    private static final int COORDINATE_BYTES = 32;

    private final KeyPair keys;
    private final AtomicInteger keyFetches = new AtomicInteger();
    private final DisposableServer server;

    private TokenIssuer(KeyPair keys) {
        this.keys = keys;
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    keyFetches.incrementAndGet();
                    return response.sendString(Mono.just(keySet()));
                })
                .bindNow();
    }

    /** Makes a key and listens on a free port. */
    public static TokenIssuer start() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(COORDINATE_BYTES * 8);
            return new TokenIssuer(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has P-256", e);
        }
    }

    /** What a gateway has to be told to accept the tokens. */
    public List<String> settings() {
        return List.of(
                "--headgate.auth.jwt.issuer=" + NAME,
                "--headgate.auth.jwt.audience=" + AUDIENCE,
                "--headgate.auth.jwt.algorithms=ES256",
                "--headgate.auth.jwt.jwk-set-uri=http://127.0.0.1:" + server.port() + "/keys");
    }

    /** How often it has been asked for its keys. */
    public int keyFetches() {
        return keyFetches.get();
    }

    /** A token for this user that is good for an hour. */
    public String token(String user) {
        String signed = encoded("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" + KEY + "\"}")
                + "."
                + encoded("{\"iss\":\"" + NAME + "\",\"aud\":\"" + AUDIENCE + "\",\"sub\":\"" + user + "\",\"exp\":"
                        + Instant.now().plus(LIFE).getEpochSecond() + "}");
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encoded(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has ES256", e);
        }
    }

    private String keySet() {
        var point = ((ECPublicKey) keys.getPublic()).getW();
        return "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"kid\":\"" + KEY + "\",\"x\":\""
                + coordinate(point.getAffineX()) + "\",\"y\":\"" + coordinate(point.getAffineY()) + "\"}]}";
    }

    private static String coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[COORDINATE_BYTES];
        int length = Math.min(bytes.length, COORDINATE_BYTES);
        System.arraycopy(bytes, bytes.length - length, fixed, COORDINATE_BYTES - length, length);
        return encoded(fixed);
    }

    private static String encoded(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
