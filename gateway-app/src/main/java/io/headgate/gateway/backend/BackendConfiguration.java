package io.headgate.gateway.backend;

import io.headgate.gateway.backend.RoutingFilter.Mount;
import io.headgate.gateway.cache.CacheFilter;
import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.netty.AnswerGuard;
import io.headgate.gateway.netty.BodyPieces;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.policy.match.PolicySet;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.ChannelOption;
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

    /** Of an answer at once: what has been read stays in memory until the client takes it. */
    private static final int LARGEST_READ = 32 << 10;

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
    RoutingFilter routing(
            Backends backends,
            Breakers breakers,
            Supplier<PolicySet> policies,
            MeterRegistry registry,
            ProblemWriter problems,
            FilteringWebHandler gateway) {
        Function<Backend, Route> route = backend -> route(backend, breakers, policies, registry, problems);
        return new RoutingFilter(
                List.of(
                        new Mount("/api/feed", route.apply(backends.feed())),
                        new Mount("/files", route.apply(backends.upload())),
                        new Mount("/play", route.apply(backends.playback()))),
                gateway);
    }

    private static Route route(
            Backend backend,
            Breakers breakers,
            Supplier<PolicySet> policies,
            MeterRegistry registry,
            ProblemWriter problems) {
        BackendMeters meters = new BackendMeters(backend, registry, System::nanoTime);
        Refunds refunds = new Refunds(backend.name(), registry);
        return Route.async()
                .id(backend.name())
                .uri(backend.instances().get(0).uri())
                .predicate(exchange -> true)
                .filters(
                        new CacheFilter(backend.name(), registry),
                        new CallEndFilter(meters),
                        new BackendFilter(backend, breakers, policies, refunds, meters, problems))
                .build();
    }

    @Bean
    WarmUp warmUp(
            HeadgateProperties properties,
            Breakers breakers,
            Supplier<PolicySet> policies,
            ProblemWriter problems,
            FilteringWebHandler gateway) {
        // Its meters are nobody's business.
        MeterRegistry unseen = new SimpleMeterRegistry();
        return new WarmUp(
                properties.warmUp(), gateway, backend -> route(backend, breakers, policies, unseen, problems));
    }

    /**
     * The connect timeout stands here and not in the gateway's own property, which would build a new client for every
     * request. The client's own retry sends again whatever ended in a reset, a POST too, and beyond any budget.
     */
    @Bean
    @SuppressWarnings("deprecation") // for a successor that does without; each piece costs its way to the client
    HttpClientCustomizer connecting(HeadgateProperties properties) {
        int millis = Math.toIntExact(properties.backends().connectTimeout().toMillis());
        return client -> client.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
                .option(ChannelOption.RECVBUF_ALLOCATOR, BodyPieces.reads(LARGEST_READ))
                .httpResponseDecoder(spec -> spec.maxChunkSize(LARGEST_READ))
                .disableRetry(true)
                .doOnRequest(ForwardedRequest::tellConnection)
                .doOnChannelInit((observer, channel, remote) -> AnswerGuard.install(channel));
    }
}
