package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides calls on hot counters from a {@linkplain Stock stock} of tokens that were charged in advance, for limits that
 * allow it. A counter becomes hot by the calls of this node. Until then, and whenever its stock is empty, it is charged
 * directly like any other; when it has cooled down, its stock is given back.
 *
 * <p><b>Why it never admits more than the quota.</b> A token is spent within a horizon H of having been charged, or not at
 * all: H is counted by this node's own monotonic clock from before the call was sent. So whatever any number of nodes admit
 * in an interval was charged in an interval that begins H earlier. Everything is charged against a quota that allows for
 * it: a bucket of {@code burst - rate · H} admits over T + H at most {@code burst + rate · T}, and a window of W + H
 * holds in no W more than its limit.
 *
 * <p><b>Worst case.</b> Over-admission: none, as long as all nodes lease the same limits; while they do not, as in a
 * rolling change of that, at most what a bucket regains in H. A store whose clock leaps ahead refills early, as ever.
 * Under-admission: H is at most 100 ms and a 128th of the time in which the bucket fills, or of the window. That part is
 * missing in the burst of a bucket, whose rate is not touched, and in the rate of a window, whose limit is not touched.
 * What a node had in stock when it died is lost.
 *
 * <p>Token buckets and sliding windows of at least 512 tokens are leased, if the horizon is 2 ms at least; a call that
 * costs more than such a bucket holds besides is refused. Thread-safe. {@link #close()} ends the leasing, not the store.
 */
public final class LeasingLimitStore implements LimitStore, AutoCloseable {

    /** Most counters that are watched at once; further ones are charged directly. */
    static final int MAX_STOCKS = 4_096;

    private static final Decision.Allowed NOTHING_CHARGED =
            new Decision.Allowed(List.of(), Decision.Source.STORE, List.of());

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final LimitStore store;
    private final Predicate<LimitKey> leased;
    private final LongSupplier nanoTime;
    private Future<?> sweeping = CompletableFuture.completedFuture(null);
    private final Map<LimitKey, Stock> stocks = new ConcurrentHashMap<>();
    private final LongAdder spared = new LongAdder();

    /**
     * @param leased whether the limit of a counter is leased
     * @param timer stays the caller's
     */
    public LeasingLimitStore(LimitStore store, Predicate<LimitKey> leased, ScheduledExecutorService timer) {
        this(store, leased, System::nanoTime);
        long pause = LeaseTerms.COOL.toNanos();
        sweeping = timer.scheduleWithFixedDelay(this::sweep, pause, pause, TimeUnit.NANOSECONDS);
    }

    /** Sweeps only when told to. */
    LeasingLimitStore(LimitStore store, Predicate<LimitKey> leased, LongSupplier nanoTime) {
        this.store = store;
        this.leased = leased;
        this.nanoTime = nanoTime;
    }

    /** Whether a quota is large enough to be leased, and of a kind that can be. */
    public static boolean canLease(Quota quota) {
        return LeaseTerms.of(quota) != null;
    }

    /** How many calls needed no call of the store. */
    public long spared() {
        return spared.sum();
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        if (!isLeased(charges)) {
            return store.acquire(charges);
        }
        LimitStore.checkTakeable(charges);
        List<Charge> besides = asLeased(charges);
        for (int i = 0; i < charges.size(); i++) {
            if (besides.get(i).cost() != charges.get(i).cost()) {
                return refused(besides);
            }
        }
        LeasedCall call = new LeasedCall(besides, take(charges));
        addToStocks(charges);
        if (call.direct().isEmpty()) {
            return admitted(call, besides, NOTHING_CHARGED);
        }
        return store.acquire(call.direct())
                .whenComplete((decision, error) -> {
                    if (!(decision instanceof Decision.Allowed)) {
                        call.putBack();
                    }
                })
                .thenCompose(decision -> decision instanceof Decision.Allowed direct
                        ? admitted(call, besides, direct)
                        : CompletableFuture.completedFuture(call.refused((Decision.Denied) decision)));
    }

    private boolean isLeased(List<Charge> charges) {
        for (Charge charge : charges) {
            if (leased.test(charge.key()) && terms(charge) != null) {
                return true;
            }
        }
        return false;
    }

    private CompletionStage<Decision> admitted(LeasedCall call, List<Charge> charges, Decision.Allowed direct) {
        Decision whole = call.admitted(direct, nanoTime.getAsLong());
        if (whole == null) {
            // What was in hand has ended while the other charges were asked for: all of it once more, without a stock.
            if (!call.direct().isEmpty()) {
                var unused = store.refund(call.direct(), direct);
            }
            return store.acquire(charges);
        }
        if (call.direct().isEmpty()) {
            spared.increment();
        }
        return CompletableFuture.completedFuture(whole);
    }

    /** Some charge can never fit. */
    private CompletionStage<Decision> refused(List<Charge> besides) {
        return store.peek(besides).thenApply(usages -> {
            List<Usage> waiting = new ArrayList<>();
            for (Usage usage : usages) {
                waiting.add(new Usage(usage.remaining(), usage.replenishMicros(), Math.max(1, usage.waitMicros())));
            }
            return new Decision.Denied(waiting, Decision.Source.STORE);
        });
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return store.refund(asLeased(charges), admission);
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        Reservation besides =
                new Reservation(reservation.id(), asLeased(reservation.charges()), reservation.admission());
        return store.settle(besides, actual);
    }

    /** What is in stock stays: it was charged before. */
    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return store.reset(keys);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return store.peek(asLeased(charges));
    }

    private @Nullable LeaseTerms terms(Charge charge) {
        if (!leased.test(charge.key())) {
            return null;
        }
        Stock stock = stocks.get(charge.key());
        return stock != null && stock.terms().quota().equals(charge.quota())
                ? stock.terms()
                : LeaseTerms.of(charge.quota());
    }

    private List<Charge> asLeased(List<Charge> charges) {
        List<Charge> besides = new ArrayList<>(charges.size());
        for (Charge charge : charges) {
            LeaseTerms terms = terms(charge);
            besides.add(
                    terms == null
                            ? charge
                            : charge.costing(
                                            Math.min(charge.cost(), terms.rest().largestCost()))
                                    .against(terms.rest()));
        }
        return besides;
    }

    private Stock.InHand[] take(List<Charge> charges) {
        Stock.InHand[] taken = new Stock.InHand[charges.size()];
        for (int i = 0; i < taken.length; i++) {
            Charge charge = charges.get(i);
            Stock stock = stock(charge);
            if (stock != null) {
                taken[i] = stock.take(charge.cost(), nanoTime.getAsLong());
            }
        }
        return taken;
    }

    private @Nullable Stock stock(Charge charge) {
        LeaseTerms terms = terms(charge);
        Stock known = stocks.get(charge.key());
        if (known != null && (terms == null || !known.terms().equals(terms))) {
            drop(charge.key(), known);
            known = null;
        }
        if (known == null && terms != null && stocks.size() < MAX_STOCKS) {
            return stocks.computeIfAbsent(charge.key(), key -> new Stock(terms, charge, nanoTime.getAsLong()));
        }
        return known;
    }

    /** Besides the call that has found them low: its own decision does not wait for it. */
    private void addToStocks(List<Charge> charges) {
        for (Charge charge : charges) {
            Stock stock = stocks.get(charge.key());
            if (stock != null) {
                giveBack(stock.ended(nanoTime.getAsLong()));
                Charge lease = stock.lease(nanoTime.getAsLong());
                if (lease != null) {
                    lease(stock, lease);
                }
            }
        }
    }

    private void lease(Stock stock, Charge lease) {
        long sent = nanoTime.getAsLong();
        var unused = store.acquire(List.of(lease)).whenComplete((decision, error) -> {
            long now = nanoTime.getAsLong();
            if (!(decision instanceof Decision.Allowed granted)) {
                stock.pause(now + PAUSE_NANOS);
            } else if (!stock.add(lease, granted, sent, now)) {
                stock.pause(now + PAUSE_NANOS);
                var ignored = store.refund(List.of(lease), granted);
            }
        });
    }

    private void giveBack(List<Stock.Leftover> leftovers) {
        for (Stock.Leftover leftover : leftovers) {
            var unused = store.refund(List.of(leftover.charge()), leftover.admission());
        }
    }

    /** Gives back what nobody has asked for since the last time. */
    void sweep() {
        stocks.forEach((key, stock) -> {
            if (stock.hasCooled()) {
                drop(key, stock);
            }
        });
    }

    private void drop(LimitKey key, Stock stock) {
        if (stocks.remove(key, stock)) {
            giveBack(stock.close());
        }
    }

    @Override
    public void close() {
        sweeping.cancel(false);
        stocks.forEach(this::drop);
    }
}
