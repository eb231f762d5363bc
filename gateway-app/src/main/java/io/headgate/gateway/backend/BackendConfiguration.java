package io.headgate.gateway.backend;

import io.headgate.gateway.backend.RoutingFilter.Mount;
import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.policy.match.PolicySet;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.cloud.circuitbreaker.resilience4j.ReactiveResilience4JCircuitBreakerFactory;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The routes to the backends. */
@Configuration(proxyBeanMethods = false)
class BackendConfiguration {

    @Bean
    Breakers breakers(Supplier<PolicySet> policies, ReactiveResilience4JCircuitBreakerFactory factory) {
        return new Breakers(policies, factory);
    }

    @Bean
    RoutingFilter routing(
            HeadgateProperties properties,
            Breakers breakers,
            Supplier<PolicySet> policies,
            MeterRegistry registry,
            ProblemWriter problems,
            FilteringWebHandler gateway) {
        HeadgateProperties.Backends backends = properties.backends();
        Function<Backend, BackendFilter> filter = backend ->
                new BackendFilter(backend, breakers, policies, new Refunds(backend.name(), registry), problems);
        return new RoutingFilter(
                List.of(
                        mount("/api/feed", backend("feed", backends.feed()), filter),
                        mount("/files", backend("upload", backends.upload()), filter),
                        mount("/play", backend("playback", backends.playback()), filter)),
                gateway);
    }

    private static Mount mount(String prefix, Backend backend, Function<Backend, BackendFilter> filter) {
        Route route = Route.async()
                .id(backend.name())
                .uri(backend.nextInstance())
                .predicate(exchange -> true)
                .filter(filter.apply(backend))
                .build();
        return new Mount(prefix, route);
    }

    private static Backend backend(String name, HeadgateProperties.Backend settings) {
        List<URI> instances = settings.uri();
        if (instances.isEmpty()) {
            throw new SettingRejected("headgate.backends." + name + ".uri", null, "http://host:port");
        }
        instances.forEach(uri -> check(name, uri));
        return new Backend(name, instances);
    }

    private static void check(String name, URI uri) {
        boolean base = ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawPath().isEmpty()
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (!base) {
            throw new SettingRejected("headgate.backends." + name + ".uri", uri, "http://host:port, without a path");
        }
    }

    /** Here and not as the gateway's connect-timeout property, which would build a new client for every request. */
    @Bean
    HttpClientCustomizer connectTimeout(HeadgateProperties properties) {
        int millis = Math.toIntExact(properties.backends().connectTimeout().toMillis());
        return client -> client.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis);
    }
}
