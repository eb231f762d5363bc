package io.headgate.gateway.edge;

import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import io.headgate.gateway.config.SignedUrls;
import io.headgate.gateway.identity.WatchedFile;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.gateway.signing.SignedPaths;
import io.headgate.gateway.signing.SigningKeys;
import io.headgate.gateway.signing.SigningKeysRejected;
import io.headgate.policy.match.PolicySet;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Wires signed addresses, where there are keys for them. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("headgate.signed-urls.keys")
class SigningConfiguration {

    @Bean
    WatchedFile<SigningKeys> urlKeys(HeadgateProperties properties) {
        String file = Objects.requireNonNull(properties.signedUrls().keys());
        try {
            return new WatchedFile<>(
                    Path.of(file), SigningKeys::read, keys -> keys.size() + " keys for signed addresses");
        } catch (SigningKeysRejected e) {
            throw new SettingRejected("headgate.signed-urls.keys", e.getMessage(), "a file with a key on each line");
        }
    }

    @Bean
    SignedPaths signedPaths(@Qualifier("urlKeys") WatchedFile<SigningKeys> keys) {
        return new SignedPaths(keys, InstantSource.system());
    }

    @Bean
    SignedPathFilter signedPathFilter(SignedPaths signed) {
        return new SignedPathFilter(signed);
    }

    @Bean
    SignatureFilter signatureFilter(HeadgateProperties properties, ProblemWriter problems) {
        return new SignatureFilter(properties.signedUrls(), problems);
    }

    @Bean
    RouterFunction<ServerResponse> signingEndpoint(
            HeadgateProperties properties, SignedPaths signed, Supplier<PolicySet> policies, ProblemWriter problems) {
        SignedUrls settings = properties.signedUrls();
        return RouterFunctions.route()
                .POST(
                        SigningEndpoint.PATH,
                        new SigningEndpoint(settings, signed, policies, InstantSource.system(), problems))
                .build();
    }
}
