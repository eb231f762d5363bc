package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.Usage;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This node's tokens of one hot counter, charged in advance. Those taken for a call that is not decided yet are in hand
 * and count like those in stock. All of them are void once the slot they are held under may have ended.
 *
 * <p>Thread-safe; every method is a few instructions under a lock.
 */
final class Stock {

    /** Tokens asked for within a second that make a counter hot. */
    static final long HOT_PER_SECOND = 100;

    /** How far ahead is charged. */
    static final long HORIZON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LeaseTerms terms;
    private final Charge counter;
    private final Charge slot;

    private long tokens;
    private long inHand;
    private long validUntilNanos;
    /** Rises when a slot has ended: what was in hand then stays void under the next one. */
    private long generation;

    private long oldestMicros;
    private Usage last = new Usage(0, 0, 0);

    private long demanded;
    private long demandedSinceNanos;
    private long wanted;
    private boolean asked;
    private boolean leasing;
    private long notBeforeNanos;
    private boolean closed;

    Stock(LeaseTerms terms, Charge charge, long nowNanos) {
        this.terms = terms;
        this.counter = charge.costing(1).against(terms.rest());
        this.slot = LeaseTerms.slot(charge).heldBy(Holder.unique());
        this.validUntilNanos = nowNanos;
        this.demandedSinceNanos = nowNanos;
        this.notBeforeNanos = nowNanos;
    }

    /**
     * Tokens in hand.
     *
     * @param stock they are from
     * @param cost how many
     * @param generation of the slot they are held under
     * @param atMicros not later than they were charged: a refund gives back less the older it is, and never too much
     * @param usage of the limit after this, as far as this node knows
     */
    record InHand(Stock stock, long cost, long generation, long atMicros, Usage usage) {

        /** Whether they may be admitted; if not, they are lost. */
        boolean spend(long nowNanos) {
            return stock.spend(this, nowNanos);
        }

        void putBack() {
            stock.putBack(this);
        }
    }

    LeaseTerms terms() {
        return terms;
    }

    Charge slot() {
        return slot;
    }

    /** Takes tokens in hand; null if there are not enough. */
    synchronized @Nullable InHand take(long cost, long nowNanos) {
        demanded += cost;
        asked = true;
        voidIfEnded(nowNanos);
        if (tokens < cost) {
            return null;
        }
        tokens -= cost;
        inHand += cost;
        Usage usage = new Usage(last.remaining() + tokens, last.replenishMicros(), 0);
        return new InHand(this, cost, generation, oldestMicros, usage);
    }

    private synchronized boolean spend(InHand taken, long nowNanos) {
        inHand -= taken.cost;
        voidIfEnded(nowNanos);
        return taken.generation == generation;
    }

    private synchronized void putBack(InHand taken) {
        inHand -= taken.cost;
        if (taken.generation == generation && !closed) {
            tokens += taken.cost;
        }
    }

    private void voidIfEnded(long nowNanos) {
        if (nowNanos - validUntilNanos >= 0 && (tokens > 0 || inHand > 0)) {
            tokens = 0;
            generation++;
        }
    }

    /** What to charge in advance now, with the slot that goes with it; null for nothing. */
    synchronized @Nullable List<Charge> lease(long nowNanos) {
        long elapsed = nowNanos - demandedSinceNanos;
        if (elapsed >= HORIZON_NANOS) {
            wanted = wanted(elapsed);
            demanded = 0;
            demandedSinceNanos = nowNanos;
        }
        long cost = Math.min(wanted, terms.part() - tokens - inHand);
        if (leasing || closed || nowNanos - notBeforeNanos < 0 || tokens > wanted / 2 || cost < 1) {
            return null;
        }
        leasing = true;
        return List.of(counter.costing(cost), slot);
    }

    private long wanted(long elapsedNanos) {
        double perNano = (double) demanded / elapsedNanos;
        return perNano * SECOND < HOT_PER_SECOND
                ? 0
                : Math.min(terms.part(), (long) Math.ceil(perNano * HORIZON_NANOS));
    }

    /**
     * A lease was granted.
     *
     * @param sentNanos when it was asked for: the slot lasts at least from then
     * @return whether it is in stock; if not, it is to be given back
     */
    synchronized boolean add(long cost, Decision.Allowed lease, long sentNanos, long nowNanos) {
        leasing = false;
        if (closed) {
            return false;
        }
        voidIfEnded(nowNanos);
        if (tokens == 0) {
            oldestMicros = lease.atMicros().get(0);
        }
        tokens += cost;
        validUntilNanos = sentNanos + LeaseTerms.SLOT.toNanos();
        last = lease.usages().get(0);
        return true;
    }

    /** A lease was not granted: no further one for a while. */
    synchronized void refused(long nowNanos, long pauseNanos) {
        leasing = false;
        notBeforeNanos = nowNanos + pauseNanos;
    }

    /** Whether nobody has asked for tokens since this was last called. */
    synchronized boolean hasCooled() {
        boolean cool = !asked;
        asked = false;
        return cool;
    }

    /** Takes everything out for good; null if there is nothing. What is in hand can still be spent. */
    synchronized @Nullable Leftover close() {
        closed = true;
        Leftover leftover = tokens == 0 ? null : new Leftover(counter.costing(tokens), oldestMicros);
        tokens = 0;
        return leftover;
    }

    /**
     * Tokens that were charged and never spent.
     *
     * @param charge how many, and of what
     * @param atMicros not later than they were charged
     */
    record Leftover(Charge charge, long atMicros) {

        Decision.Allowed admission() {
            return new Decision.Allowed(List.of(new Usage(0, 0, 0)), Decision.Source.STORE, List.of(atMicros));
        }
    }
}
