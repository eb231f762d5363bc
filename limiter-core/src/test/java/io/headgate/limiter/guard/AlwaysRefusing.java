package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Usage;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store all of whose counters are full for an hour. */
final class AlwaysRefusing implements LimitStore {

    private static final Usage FULL = new Usage(0, 3_600_000_000L, 3_600_000_000L);

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        return CompletableFuture.completedFuture(
                new Decision.Denied(Collections.nCopies(charges.size(), FULL), Decision.Source.STORE));
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return CompletableFuture.completedFuture(Collections.nCopies(charges.size(), FULL));
    }
}
