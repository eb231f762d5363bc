package io.headgate.load.bench.stock;

import java.util.Map;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.cloud.gateway.filter.ratelimit.RedisRateLimiter;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.GatewayFilterSpec;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.route.builder.UriSpec;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;

/**
 * One route, with four {@code RequestRateLimiter} filters or with none. All settings are the framework's defaults,
 * except for limits so high that nothing is refused.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class StockGateway {

    private static final int NEVER_REACHED = 1_000_000;

    /** Starts it; needs {@code --stock.backend=<uri>}, and understands {@code --stock.limits=true}. */
    public static void main(String... args) {
        SpringApplication application = new SpringApplication(StockGateway.class);
        application.setDefaultProperties(Map.of("spring.main.banner-mode", "off"));
        application.run(args);
    }

    /** The key resolver that the auto-configured filter factory falls back to. */
    @Bean
    KeyResolver everyone() {
        return exchange -> Mono.just("everyone");
    }

    @Bean
    RedisRateLimiter rateLimiter() {
        return new RedisRateLimiter(NEVER_REACHED, NEVER_REACHED);
    }

    @Bean
    RouteLocator routes(
            RouteLocatorBuilder builder,
            RedisRateLimiter limiter,
            KeyResolver everyone,
            @Value("${stock.backend}") String backend,
            @Value("${stock.limits:false}") boolean limits) {
        return builder.routes()
                .route("feed", route -> {
                    var path = route.path("/api/feed/**");
                    UriSpec filtered = limits ? path.filters(filters -> limit(filters, limiter, everyone)) : path;
                    return filtered.uri(backend);
                })
                .build();
    }

    private static UriSpec limit(GatewayFilterSpec filters, RedisRateLimiter limiter, KeyResolver everyone) {
        KeyResolver user = exchange -> Mono.just("user:" + header(exchange.getRequest(), "X-API-Key"));
        KeyResolver userHourly = exchange -> Mono.just("user-hourly:" + header(exchange.getRequest(), "X-API-Key"));
        KeyResolver address = exchange -> Mono.just("ip:"
                + Objects.requireNonNull(exchange.getRequest().getRemoteAddress())
                        .getAddress()
                        .getHostAddress());
        return filters.requestRateLimiter(
                        config -> config.setRateLimiter(limiter).setKeyResolver(everyone))
                .requestRateLimiter(config -> config.setRateLimiter(limiter).setKeyResolver(address))
                .requestRateLimiter(config -> config.setRateLimiter(limiter).setKeyResolver(user))
                .requestRateLimiter(config -> config.setRateLimiter(limiter).setKeyResolver(userHourly));
    }

    private static String header(ServerHttpRequest request, String name) {
        return Objects.requireNonNullElse(request.getHeaders().getFirst(name), "nobody");
    }
}
