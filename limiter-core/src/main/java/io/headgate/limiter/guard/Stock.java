package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Usage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This node's tokens of one hot counter, charged in advance, in lots that each last for the horizon of the terms. Those taken
 * for a call that is not decided yet are in hand.
 *
 * <p>Thread-safe; every method is a few instructions under a lock.
 */
final class Stock {

    /** Tokens asked for within a second that make a counter hot. */
    static final long HOT_PER_SECOND = 100;

    private static final long MEASURE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Fewer spare nothing: the lease is a call too. */
    private static final long SMALLEST_LEASE = 2;

    private final LeaseTerms terms;
    private final Charge counter;

    /** Oldest first. */
    private final Deque<Lot> lots = new ArrayDeque<>();

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
        this.demandedSinceNanos = nowNanos;
        this.notBeforeNanos = nowNanos;
    }

    /** What one lease has brought. */
    private static final class Lot {

        private final long atMicros;
        private final long endNanos;
        private long tokens;
        private long inHand;

        Lot(long tokens, long atMicros, long endNanos) {
            this.tokens = tokens;
            this.atMicros = atMicros;
            this.endNanos = endNanos;
        }

        boolean lasts(long nowNanos) {
            return nowNanos - endNanos < 0;
        }
    }

    /** Tokens in hand, out of one lot. */
    final class InHand {

        private final Lot lot;
        private final long cost;
        private final Usage usage;

        private InHand(Lot lot, long cost, Usage usage) {
            this.lot = lot;
            this.cost = cost;
            this.usage = usage;
        }

        /** When they were charged. */
        long atMicros() {
            return lot.atMicros;
        }

        /** What is left of the limit besides them, as far as this node knows. */
        Usage usage() {
            return usage;
        }

        /** Whether they may be admitted now. */
        boolean lasts(long nowNanos) {
            return lot.lasts(nowNanos);
        }

        void spend() {
            synchronized (Stock.this) {
                lot.inHand -= cost;
            }
        }

        void putBack() {
            synchronized (Stock.this) {
                lot.inHand -= cost;
                lot.tokens += cost;
            }
        }
    }

    /**
     * Tokens that were charged and never spent.
     *
     * @param charge how many, and of what
     * @param atMicros when they were charged
     */
    record Leftover(Charge charge, long atMicros) {

        Decision.Allowed admission() {
            return new Decision.Allowed(List.of(new Usage(0, 0, 0)), Decision.Source.STORE, List.of(atMicros));
        }
    }

    LeaseTerms terms() {
        return terms;
    }

    /** Takes tokens in hand; null if no lot has enough. */
    synchronized @Nullable InHand take(long cost, long nowNanos) {
        demanded += cost;
        asked = true;
        for (Lot lot : lots) {
            if (lot.tokens >= cost && lot.lasts(nowNanos)) {
                lot.tokens -= cost;
                lot.inHand += cost;
                Usage usage = new Usage(last.remaining() + tokens(nowNanos), last.replenishMicros(), 0);
                return new InHand(lot, cost, usage);
            }
        }
        return null;
    }

    private long tokens(long nowNanos) {
        long tokens = 0;
        for (Lot lot : lots) {
            tokens += lot.lasts(nowNanos) ? lot.tokens : 0;
        }
        return tokens;
    }

    /** What to charge in advance now; null for nothing. */
    synchronized @Nullable Charge lease(long nowNanos) {
        long elapsed = nowNanos - demandedSinceNanos;
        if (elapsed >= MEASURE_NANOS) {
            wanted = wanted(elapsed);
            demanded = 0;
            demandedSinceNanos = nowNanos;
        }
        if (leasing || closed || nowNanos - notBeforeNanos < 0) {
            return null;
        }
        long tokens = tokens(nowNanos);
        if (tokens > wanted / 2 || wanted - tokens < SMALLEST_LEASE) {
            return null;
        }
        leasing = true;
        return counter.costing(wanted - tokens);
    }

    /** The demand of half a horizon: what is leased should be spent before it ends. */
    private long wanted(long elapsedNanos) {
        double perNano = (double) demanded / elapsedNanos;
        return perNano * SECOND < HOT_PER_SECOND
                ? 0
                : Math.min(
                        (long) Math.ceil(perNano * terms.horizonNanos() / 2),
                        terms.rest().largestCost());
    }

    /**
     * A lease was granted.
     *
     * @param sentNanos when it was asked for: it lasts from then
     * @return whether it came in time to be of use; if not, it is to be given back
     */
    synchronized boolean add(Charge lease, Decision.Allowed granted, long sentNanos, long nowNanos) {
        leasing = false;
        if (closed || nowNanos - sentNanos > terms.horizonNanos() / 2) {
            return false;
        }
        lots.add(new Lot(lease.cost(), granted.atMicros().get(0), sentNanos + terms.horizonNanos()));
        last = granted.usages().get(0);
        return true;
    }

    /** No lease was granted, or it came too late: no further one for a while. */
    synchronized void pause(long untilNanos) {
        leasing = false;
        notBeforeNanos = untilNanos;
    }

    /** Whether nobody has asked for tokens since this was last called. */
    synchronized boolean hasCooled() {
        boolean cool = !asked;
        asked = false;
        return cool;
    }

    /** Takes out the tokens of lots that have ended. */
    synchronized List<Leftover> ended(long nowNanos) {
        Lot oldest = lots.peekFirst();
        return oldest == null || oldest.lasts(nowNanos) ? List.of() : leftovers(nowNanos);
    }

    /** Takes everything out for good. What is in hand can still be spent. */
    synchronized List<Leftover> close() {
        closed = true;
        List<Leftover> all = new ArrayList<>();
        lots.forEach(lot -> takeOut(lot, all));
        return all;
    }

    private List<Leftover> leftovers(long nowNanos) {
        List<Leftover> ended = new ArrayList<>();
        lots.removeIf(lot -> {
            if (lot.lasts(nowNanos)) {
                return false;
            }
            takeOut(lot, ended);
            return lot.inHand == 0;
        });
        return ended;
    }

    private void takeOut(Lot lot, List<Leftover> leftovers) {
        if (lot.tokens > 0) {
            leftovers.add(new Leftover(counter.costing(lot.tokens), lot.atMicros));
            lot.tokens = 0;
        }
    }
}
