package io.headgate.gateway.identity;

import com.nimbusds.jose.JWSAlgorithm;
import io.headgate.gateway.config.CertificateUser;
import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/** Wires what tells callers apart. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {

    private static final int VERIFYING_THREADS = 4;
    private static final int WAITING_VERIFICATIONS = 1_000;

    /** Signatures by a secret shared with the issuer are left out: whoever can check those can forge them. */
    private static final Set<JWSAlgorithm> ALGORITHMS = algorithms();

    private static Set<JWSAlgorithm> algorithms() {
        Set<JWSAlgorithm> all = new LinkedHashSet<>(JWSAlgorithm.Family.RSA);
        all.addAll(JWSAlgorithm.Family.EC);
        // Not in every JDK: Bouncy Castle would have to bring it.
        all.remove(JWSAlgorithm.ES256K);
        all.addAll(Ed25519Check.ALGORITHMS);
        return all;
    }

    @Bean
    Authentication authentication(
            ObjectProvider<WatchedFile<ApiKeys>> apiKeys,
            ObjectProvider<BearerTokens> bearerTokens,
            ObjectProvider<ClientCertificates> certificates) {
        Supplier<ApiKeys> keys = apiKeys.getIfAvailable();
        return new Authentication(
                keys == null ? () -> ApiKeys.NONE : keys, bearerTokens.getIfAvailable(), certificates.getIfAvailable());
    }

    @Bean
    @ConditionalOnProperty("headgate.auth.certificate-user")
    ClientCertificates clientCertificates(HeadgateProperties properties, ServerProperties server) {
        CertificateUser user = Objects.requireNonNull(properties.auth().certificateUser());
        Ssl tls = server.getSsl();
        if (!Ssl.isEnabled(tls) || tls.getClientAuth() == null || tls.getClientAuth() == Ssl.ClientAuth.NONE) {
            throw new SettingRejected(
                    "headgate.auth.certificate-user", user, "server.ssl.client-auth=want or need beside it");
        }
        return new ClientCertificates(user, InstantSource.system());
    }

    @Bean
    @ConditionalOnProperty("headgate.auth.api-keys")
    WatchedFile<ApiKeys> apiKeys(HeadgateProperties properties) {
        String file = Objects.requireNonNull(properties.auth().apiKeys());
        return new WatchedFile<>(
                Path.of(file),
                path -> ApiKeyFile.read(path, InstantSource.system()),
                keys -> keys.size() + " API keys");
    }

    @Bean
    Operators operators(HeadgateProperties properties) {
        String file = properties.auth().operatorKeys();
        if (file == null) {
            return Operators.none();
        }
        try {
            return Operators.in(new WatchedFile<>(
                    Path.of(file),
                    path -> ApiKeyFile.read(path, InstantSource.system()),
                    keys -> keys.size() + " keys of operators"));
        } catch (ApiKeysRejected e) {
            throw new SettingRejected(
                    "headgate.auth.operator-keys", e.getMessage(), "a file as headgate keys create makes it");
        }
    }

    @Bean
    @ConditionalOnProperty("headgate.auth.jwt.revoked")
    WatchedFile<RevokedTokens> revokedTokens(HeadgateProperties properties) {
        String file = Objects.requireNonNull(
                Objects.requireNonNull(properties.auth().jwt()).revoked());
        try {
            return new WatchedFile<>(
                    Path.of(file), RevokedTokens::read, revoked -> revoked.size() + " revocations of tokens");
        } catch (TokenListRejected e) {
            throw new SettingRejected("headgate.auth.jwt.revoked", e.getMessage(), "a list of revoked tokens");
        }
    }

    @Bean(destroyMethod = "shutdownNow")
    @ConditionalOnProperty("headgate.auth.jwt.jwk-set-uri")
    ExecutorService tokenVerification() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                VERIFYING_THREADS,
                VERIFYING_THREADS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(WAITING_VERIFICATIONS),
                task -> {
                    Thread thread = new Thread(task, "token-verification");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    @Bean
    @ConditionalOnProperty("headgate.auth.jwt.jwk-set-uri")
    IssuerKeys issuerKeys(HeadgateProperties properties) {
        HeadgateProperties.Jwt jwt = Objects.requireNonNull(properties.auth().jwt());
        JwkSetEndpoint endpoint = endpoint(checked(Objects.requireNonNull(jwt.jwkSetUri())), jwt.trust());
        return new IssuerKeys(endpoint, System::nanoTime);
    }

    @Bean(destroyMethod = "dispose")
    @ConditionalOnProperty("headgate.auth.jwt.jwk-set-uri")
    Disposable keyRefresh(IssuerKeys keys) {
        return keys.keepFresh(Schedulers.parallel());
    }

    @Bean
    @ConditionalOnProperty("headgate.auth.jwt.jwk-set-uri")
    BearerTokens bearerTokens(
            HeadgateProperties properties,
            IssuerKeys keys,
            ExecutorService tokenVerification,
            ObjectProvider<WatchedFile<RevokedTokens>> revokedTokens) {
        HeadgateProperties.Jwt jwt = Objects.requireNonNull(properties.auth().jwt());
        TokenVerifier verifier = new TokenVerifier(
                Objects.requireNonNull(jwt.issuer()),
                Objects.requireNonNull(jwt.audience()),
                jwt.algorithms().stream().map(IdentityConfiguration::algorithm).collect(Collectors.toUnmodifiableSet()),
                Set.copyOf(jwt.types()));
        Supplier<RevokedTokens> revoked = revokedTokens.getIfAvailable();
        return new BearerTokens(
                keys,
                verifier,
                revoked == null ? () -> RevokedTokens.NONE : revoked,
                tokenVerification,
                InstantSource.system());
    }

    private static JwkSetEndpoint endpoint(URI uri, @Nullable String trust) {
        if (trust == null) {
            return new JwkSetEndpoint(uri);
        }
        try {
            return JwkSetEndpoint.trusting(uri, Path.of(trust));
        } catch (IllegalArgumentException e) {
            throw new SettingRejected("headgate.auth.jwt.trust", trust, "a PEM file of certificates");
        }
    }

    private static URI checked(URI uri) {
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!http || uri.getHost() == null) {
            throw new SettingRejected("headgate.auth.jwt.jwk-set-uri", uri, "an http or https URL");
        }
        return uri;
    }

    private static JWSAlgorithm algorithm(String name) {
        JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
        if (!ALGORITHMS.contains(algorithm)) {
            throw new SettingRejected("headgate.auth.jwt.algorithms", name, "some of " + ALGORITHMS);
        }
        return algorithm;
    }
}
