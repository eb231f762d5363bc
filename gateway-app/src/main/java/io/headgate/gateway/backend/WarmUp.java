package io.headgate.gateway.backend;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/**
 * Has the proxy serve requests of its own before this node is ready: the first ones of a fresh JVM take hundreds of times as
 * long as the later ones, and would take so long for callers. They come from a port of their own on the loopback and go to
 * a backend there that is gone afterwards, so that no limit counts them and no backend sees them.
 */
final class WarmUp implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /** A slow machine is rather ready than warm. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final int AT_A_TIME = 8;
    private static final String LOOPBACK = "127.0.0.1";

    private final int requests;
    private final FilteringWebHandler gateway;
    private final Function<Backend, Route> routes;

    /**
     * So many requests.
     *
     * @param routes makes the route to a backend, as for the real ones
     */
    WarmUp(int requests, FilteringWebHandler gateway, Function<Backend, Route> routes) {
        this.requests = requests;
        this.gateway = gateway;
        this.routes = routes;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        if (requests == 0) {
            return;
        }
        long begin = System.nanoTime();
        DisposableServer backend = HttpServer.create()
                .host(LOOPBACK)
                .port(0)
                .handle((request, response) ->
                        response.header("Content-Type", "text/plain").sendString(Mono.just("warm")))
                .bindNow();
        DisposableServer front = front(routes.apply(backendAt(backend.port())));
        try {
            long answers = Flux.range(0, requests)
                    .flatMap(request -> ask(front.port()), AT_A_TIME)
                    .take(LONGEST)
                    .count()
                    .blockOptional()
                    .orElse(0L);
            log.info("Warmed up with {} requests in {} ms", answers, (System.nanoTime() - begin) / 1_000_000);
        } finally {
            front.disposeNow();
            backend.disposeNow();
        }
    }

    private static Backend backendAt(int port) {
        URI uri = URI.create("http://" + LOOPBACK + ":" + port);
        Instance instance = new Instance("warm-up", uri, new Bulkhead("warm-up", System::nanoTime));
        return new Backend("warm-up", List.of(instance), List.of(), Balance.LEAST_LOADED, Optional.empty());
    }

    private DisposableServer front(Route route) {
        return HttpServer.create()
                .host(LOOPBACK)
                .port(0)
                .handle(new ReactorHttpHandlerAdapter(WebHttpHandlerBuilder.webHandler(exchange -> {
                            exchange.getAttributes().put(GATEWAY_ROUTE_ATTR, route);
                            return gateway.handle(exchange);
                        })
                        .build()))
                .bindNow();
    }

    private static Mono<String> ask(int port) {
        return HttpClient.create()
                .get()
                .uri("http://" + LOOPBACK + ":" + port + "/warm-up?a=b")
                .responseSingle((response, body) -> body.asString())
                .onErrorComplete();
    }
}
