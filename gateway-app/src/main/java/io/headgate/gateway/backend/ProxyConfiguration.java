package io.headgate.gateway.backend;

import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import io.headgate.gateway.identity.WatchedFile;
import io.headgate.gateway.signing.IdentitySignature;
import io.headgate.gateway.signing.SigningKeys;
import io.headgate.gateway.signing.SigningKeysRejected;
import io.headgate.policy.match.PolicySet;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.client.HttpClient;

/**
 * The framework's proxy, with the header filters of this gateway in place of the framework's own, four of which copy all
 * header fields of each request one after the other.
 */
@Configuration(proxyBeanMethods = false)
class ProxyConfiguration {

    /** For whatever else speaks to a backend, too. */
    @Bean
    HttpHeadersFilter requestHeaders(Optional<IdentitySignature> signature) {
        return new RequestHeaders(signature);
    }

    @Bean
    @ConditionalOnProperty("headgate.backends.identity-keys")
    WatchedFile<SigningKeys> identityKeys(HeadgateProperties properties) {
        String file = Objects.requireNonNull(properties.backends().identityKeys());
        try {
            return new WatchedFile<>(
                    Path.of(file), SigningKeys::read, keys -> keys.size() + " keys that sign who is calling");
        } catch (SigningKeysRejected e) {
            throw new SettingRejected(
                    "headgate.backends.identity-keys", e.getMessage(), "a file with a key on each line");
        }
    }

    @Bean
    @ConditionalOnProperty("headgate.backends.identity-keys")
    IdentitySignature identitySignature(@Qualifier("identityKeys") WatchedFile<SigningKeys> keys) {
        return new IdentitySignature(keys, InstantSource.system(), RequestHeaders.SIGNED);
    }

    @Bean
    NettyRoutingFilter proxy(
            HttpClient client,
            HttpClientProperties settings,
            @Qualifier("requestHeaders") HttpHeadersFilter requestHeaders,
            Supplier<PolicySet> policies) {
        return new NettyRoutingFilter(client, only(List.of(requestHeaders, new ResponseHeaders(policies))), settings);
    }

    @Bean
    NettyWriteResponseFilter responseWriter(GatewayProperties settings) {
        return new NettyWriteResponseFilter(settings.getStreamingMediaTypes(), only(List.of()));
    }

    private static ObjectProvider<List<HttpHeadersFilter>> only(List<HttpHeadersFilter> filters) {
        return new ObjectProvider<>() {
            @Override
            public List<HttpHeadersFilter> getObject() {
                return filters;
            }
        };
    }
}
