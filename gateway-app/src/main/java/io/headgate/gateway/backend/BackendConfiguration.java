package io.headgate.gateway.backend;

import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.policy.match.PolicySet;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.circuitbreaker.resilience4j.ReactiveResilience4JCircuitBreakerFactory;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;

/** The routes to the backends. */
@Configuration(proxyBeanMethods = false)
class BackendConfiguration {

    @Bean
    Backends backends(HeadgateProperties properties) {
        return Backends.of(properties.backends());
    }

    @Bean
    Breakers breakers(
            Supplier<PolicySet> policies, ReactiveResilience4JCircuitBreakerFactory factory, Backends backends) {
        Breakers breakers = new Breakers(policies, factory);
        backends.all().forEach(breakers::prepare);
        return breakers;
    }

    @Bean
    HealthChecks healthChecks(Backends backends, HeadgateProperties properties) {
        return new HealthChecks(backends, properties.backends().healthInterval());
    }

    @Bean
    RouteLocator routes(
            Backends backends,
            Breakers breakers,
            Supplier<PolicySet> policies,
            MeterRegistry registry,
            ProblemWriter problems) {
        Function<Backend, BackendFilter> filter = backend -> new BackendFilter(
                backend,
                breakers,
                policies,
                new Refunds(backend.name(), registry),
                new BackendMeters(backend, registry),
                problems);
        List<Route> routes = List.of(
                route("/api/feed", backends.feed(), filter),
                route("/files", backends.upload(), filter),
                route("/play", backends.playback(), filter));
        return () -> Flux.fromIterable(routes);
    }

    private static Route route(String prefix, Backend backend, Function<Backend, BackendFilter> filter) {
        return Route.async()
                .id(backend.name())
                .uri(backend.instances().get(0).uri())
                .predicate(exchange -> isUnder(prefix, exchange))
                .filters(new CallEndFilter(), filter.apply(backend))
                .build();
    }

    /** By the canonical path, which is also what is forwarded. */
    private static boolean isUnder(String prefix, ServerWebExchange exchange) {
        String path = exchange.getRequest().getURI().getRawPath();
        return path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }

    @Bean
    ForwardedIdentity forwardedIdentity() {
        return new ForwardedIdentity();
    }

    @Bean
    @ConditionalOnProperty("headgate.cors.allowed-origins")
    CorsIsOurs corsIsOurs() {
        return new CorsIsOurs();
    }

    /**
     * The connect timeout stands here and not in the gateway's own property, which would build a new client for every
     * request. The client's own retry sends again whatever ended in a reset, a POST too, and beyond any budget.
     */
    @Bean
    HttpClientCustomizer connecting(HeadgateProperties properties) {
        int millis = Math.toIntExact(properties.backends().connectTimeout().toMillis());
        return client ->
                client.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis).disableRetry(true);
    }
}
