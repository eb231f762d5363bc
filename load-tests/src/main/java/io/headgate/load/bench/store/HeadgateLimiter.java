package io.headgate.load.bench.store;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Subject;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** One all-or-nothing call for all limits. */
final class HeadgateLimiter implements Limiter {

    private final LimitStore store;
    private final List<List<Charge>> calls;
    private final Runnable closing;

    HeadgateLimiter(LimitStore store, int callers, int limits, Quota quota, Runnable closing) {
        this.store = store;
        this.closing = closing;
        this.calls = IntStream.range(0, callers)
                .mapToObj(caller -> Callers.subjects(caller, limits).stream()
                        .map(subject -> new Charge(
                                LimitKey.of("bench", Subject.of("bench", subject)), quota, 1, OnStoreFailure.CLOSED))
                        .toList())
                .toList();
    }

    @Override
    public CompletionStage<Boolean> decide(int caller) {
        return store.acquire(calls.get(caller % calls.size())).thenApply(Decision.Allowed.class::isInstance);
    }

    @Override
    public void close() {
        closing.run();
    }
}
