package io.headgate.gateway.identity;

import com.nimbusds.jose.jwk.JWKSet;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/** Where an issuer publishes its keys (RFC 7517 §5). Redirects are not followed: the address is the one that is trusted. */
final class JwkSetEndpoint implements Supplier<CompletionStage<JWKSet>> {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int LARGEST_KEY_SET = 256 * 1024;

    private final HttpClient client;
    private final URI uri;
    private final Duration timeout;

    JwkSetEndpoint(URI uri) {
        this(uri, TIMEOUT);
    }

    /** @param timeout longest the issuer may take for its answer */
    JwkSetEndpoint(URI uri, Duration timeout) {
        this(HttpClient.newConnection(), uri, timeout);
    }

    private JwkSetEndpoint(HttpClient client, URI uri, Duration timeout) {
        this.client = client.followRedirect(false);
        this.uri = uri;
        this.timeout = timeout;
    }

    /**
     * An endpoint whose certificate was issued by one of these authorities, and by none that Java trusts.
     *
     * @param authorities PEM file of their certificates
     * @throws IllegalArgumentException if there is none in it
     */
    static JwkSetEndpoint trusting(URI uri, Path authorities) {
        return trusting(uri, authorities, TIMEOUT);
    }

    static JwkSetEndpoint trusting(URI uri, Path authorities, Duration timeout) {
        try {
            SslContext trust = Http11SslContextSpec.forClient()
                    .configure(builder -> builder.trustManager(authorities.toFile()))
                    .sslContext();
            return new JwkSetEndpoint(HttpClient.newConnection().secure(tls -> tls.sslContext(trust)), uri, timeout);
        } catch (SSLException e) {
            throw new IllegalArgumentException(authorities + ": no certificates", e);
        }
    }

    @Override
    public CompletionStage<JWKSet> get() {
        return client.get()
                .uri(uri)
                .response(JwkSetEndpoint::body)
                .reduceWith(ByteArrayOutputStream::new, JwkSetEndpoint::append)
                .flatMap(JwkSetEndpoint::parse)
                .timeout(timeout)
                .toFuture();
    }

    private static Flux<byte[]> body(HttpClientResponse response, ByteBufFlux body) {
        int status = response.status().code();
        return status == 200
                ? body.asByteArray()
                : Flux.error(new IOException(response.resourceUrl() + " answered " + status + " (expected: 200)"));
    }

    private static ByteArrayOutputStream append(ByteArrayOutputStream text, byte[] part) {
        if (text.size() + part.length > LARGEST_KEY_SET) {
            throw new IllegalStateException("the key set is larger than " + LARGEST_KEY_SET + " bytes");
        }
        text.writeBytes(part);
        return text;
    }

    private static Mono<JWKSet> parse(ByteArrayOutputStream text) {
        try {
            return Mono.just(JWKSet.parse(text.toString(StandardCharsets.UTF_8)));
        } catch (ParseException e) {
            return Mono.error(e);
        }
    }
}
