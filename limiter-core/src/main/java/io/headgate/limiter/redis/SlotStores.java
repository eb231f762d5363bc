package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Usage;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A queue of calls for each tag. The charges of a call share one: of several slots a cluster runs no script. */
final class SlotStores implements LimitStore {

    private final List<LimitStore> byTag;

    SlotStores(IntFunction<LimitStore> store) {
        this.byTag = IntStream.range(0, PackedCharge.TAGS).mapToObj(store).toList();
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        return of(charges).acquire(charges);
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return of(charges).refund(charges, admission);
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return of(reservation.charges()).settle(reservation, actual);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return of(keys.get(0)).reset(keys);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return of(charges).peek(charges);
    }

    private LimitStore of(List<Charge> charges) {
        return of(charges.get(0).key());
    }

    private LimitStore of(LimitKey key) {
        return byTag.get(PackedCharge.tag(key));
    }
}
