package io.headgate.gateway.backend;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Two attempts at one request, the second only if the first takes long. The first that succeeds is the answer, and the other
 * is dropped (Dean and Barroso, <i>The Tail at Scale</i>, 2013).
 */
final class Hedge {

    private final Attempt first;
    private final Attempt second;
    private final AtomicBoolean won = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>(new NoInstance());
    private final Sinks.Empty<Void> failed = Sinks.empty();

    private Hedge(ServerWebExchange exchange) {
        first = new Attempt(exchange);
        second = new Attempt(exchange);
    }

    /** One attempt; ends when the head of its answer is there. */
    @FunctionalInterface
    interface Work extends Function<ServerWebExchange, Mono<Void>> {}

    /**
     * Makes one attempt, and another if that has neither succeeded nor failed after a time. Fails if both fail, or the only
     * one, and then as the first did.
     *
     * @param another what the second does, asked for when its time has come; empty if there will be none
     * @param secondWon told if the second is the answer
     */
    static Mono<Void> race(
            ServerWebExchange exchange,
            Duration after,
            Work work,
            Function<Mono<Attempt>, Mono<Attempt>> onItsThread,
            Supplier<Optional<Work>> another,
            Runnable secondWon) {
        return Mono.defer(() -> new Hedge(exchange).run(after, work, onItsThread, another, secondWon));
    }

    private Mono<Void> run(
            Duration after,
            Work work,
            Function<Mono<Attempt>, Mono<Attempt>> onItsThread,
            Supplier<Optional<Work>> another,
            Runnable secondWon) {
        Mono<Attempt> early = made(first, work).doOnError(error -> {
            failure.set(error);
            failed.tryEmitEmpty();
        });
        Mono<Attempt> start = Mono.defer(() -> another.get()
                .map(other -> made(second, other).doOnError(error -> second.drop()))
                .orElseGet(Mono::empty));
        Mono<Attempt> late = Mono.firstWithSignal(
                        Mono.delay(after), failed.asMono().cast(Long.class))
                .flatMap(time -> onItsThread.apply(start));
        return Mono.firstWithValue(early, late)
                .onErrorMap(neither -> failure.get())
                .doOnError(error -> first.choose())
                .doOnNext(winner -> {
                    winner.choose();
                    if (winner == second) {
                        secondWon.run();
                        // It may have failed already, with an answer that nobody wants.
                        first.drop();
                    }
                })
                .then();
    }

    private Mono<Attempt> made(Attempt attempt, Work work) {
        Mono<Attempt> judged = Mono.defer(() -> {
            if (won.compareAndSet(false, true)) {
                return Mono.just(attempt);
            }
            attempt.drop();
            return Mono.empty();
        });
        return work.apply(attempt).then(judged).doOnCancel(attempt::drop);
    }
}
