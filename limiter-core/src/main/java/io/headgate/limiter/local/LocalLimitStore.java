package io.headgate.limiter.local;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.SettledState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counters in this process's memory, decided under one lock. Every stage it returns is already complete.
 *
 * <p>Memory is bounded: counters that have become {@linkplain LocalCounter#idleAfterMicros idle} are dropped as the map
 * grows, and beyond the most that are kept the oldest ones go; likewise what is remembered of settlements.
 */
public final class LocalLimitStore implements LimitStore {

    /** Most counters kept at once, unless a store is told otherwise. */
    public static final int MAX_COUNTERS = 100_000;

    private static final int FIRST_SWEEP = 1_024;

    private final LongSupplier clock;
    private final Function<Quota, LocalCounter> counters;
    private final Map<LimitKey, LocalCounter> entries = new LinkedHashMap<>();
    private final Settlements settlements;
    private final int mostCounters;
    private int nextSweep;

    /**
     * @param nowMicros clock in microseconds; read by any thread
     * @param counters makes a fresh counter of a quota
     */
    public LocalLimitStore(LongSupplier nowMicros, Function<Quota, LocalCounter> counters) {
        this(nowMicros, counters, MAX_COUNTERS);
    }

    /**
     * @param nowMicros clock in microseconds; read by any thread
     * @param counters makes a fresh counter of a quota
     * @param mostCounters most counters kept at once, instead of {@link #MAX_COUNTERS}
     */
    public LocalLimitStore(LongSupplier nowMicros, Function<Quota, LocalCounter> counters, int mostCounters) {
        this.clock = nowMicros;
        this.counters = counters;
        this.settlements = new Settlements(mostCounters);
        this.mostCounters = mostCounters;
        this.nextSweep = Math.min(FIRST_SWEEP, mostCounters);
    }

    /** A store on the JVM's monotonic clock, which is set by the system's once and shows its time from then on. */
    public static LocalLimitStore monotonic(Function<Quota, LocalCounter> counters) {
        long origin = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - System.nanoTime() / 1_000;
        return new LocalLimitStore(() -> origin + System.nanoTime() / 1_000, counters);
    }

    /** The moment on the clock that this store counts on. */
    public long nowMicros() {
        return clock.getAsLong();
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        LimitStore.checkTakeable(charges);
        return CompletableFuture.completedFuture(decide(charges));
    }

    private synchronized Decision decide(List<Charge> charges) {
        long now = clock.getAsLong();
        LocalCounter[] counting = new LocalCounter[charges.size()];
        boolean isNew = false;
        for (int i = 0; i < counting.length; i++) {
            Charge charge = charges.get(i);
            LocalCounter known = entries.get(charge.key());
            LocalCounter next = known == null ? null : known.under(charge.quota(), now);
            counting[i] = next == null ? counters.apply(charge.quota()) : next;
            isNew |= counting[i] != known;
            if (!counting[i].fits(now, charge)) {
                return refuse(charges, now);
            }
        }
        Admission admission = new Admission(counting.length);
        for (int i = 0; i < counting.length; i++) {
            admission.take(i, counting[i], charges.get(i), now);
        }
        if (isNew) {
            keep(charges, counting);
            sweep(now);
        }
        return admission.allowed();
    }

    private void keep(List<Charge> charges, LocalCounter[] counting) {
        for (int i = 0; i < counting.length; i++) {
            entries.put(charges.get(i).key(), counting[i]);
        }
    }

    private Decision refuse(List<Charge> charges, long now) {
        Usage[] usages = new Usage[charges.size()];
        for (int i = 0; i < usages.length; i++) {
            Charge charge = charges.get(i);
            LocalCounter known = known(charge, now);
            usages[i] = known == null ? counters.apply(charge.quota()).usage(now, charge) : known.refuse(now, charge);
        }
        return new Decision.Denied(List.of(usages), Decision.Source.STORE);
    }

    /** What becomes of the charges of a call, one after the other. */
    private static final class Admission {

        private final Usage[] usages;
        private final Long[] moments;
        private long delay;

        Admission(int size) {
            usages = new Usage[size];
            moments = new Long[size];
        }

        void take(int i, LocalCounter counter, Charge charge, long now) {
            LocalCounter.Taken taken = counter.charge(now, charge);
            delay = Math.max(delay, taken.delayMicros());
            put(i, counter, charge, now, taken.atMicros());
        }

        /** Once charged, nothing has to wait any more. */
        void put(int i, LocalCounter counter, Charge charge, long now, long atMicros) {
            Usage left = counter.usage(now, charge.costing(1));
            usages[i] = left.waitMicros() == 0 ? left : new Usage(left.remaining(), left.replenishMicros(), 0);
            moments[i] = atMicros;
        }

        Decision.Allowed allowed() {
            return new Decision.Allowed(List.of(usages), Decision.Source.STORE, List.of(moments), delay);
        }
    }

    /**
     * Counts charges without holding anything against them: each for itself, and where one no longer fits, its counter is
     * left as it is.
     *
     * @return what is left of each, with no waits and no blocks
     */
    public synchronized Decision.Allowed count(List<Charge> charges) {
        long now = clock.getAsLong();
        Admission admission = new Admission(charges.size());
        for (int i = 0; i < charges.size(); i++) {
            Charge charge = charges.get(i);
            LocalCounter counter = counter(charge, now);
            if (counter.fits(now, charge)) {
                admission.take(i, counter, charge, now);
            } else {
                admission.put(i, counter, charge, now, 0);
            }
        }
        sweep(now);
        return admission.allowed();
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        LimitStore.check(charges);
        giveBack(charges, admission.atMicros());
        return CompletableFuture.completedFuture(null);
    }

    private synchronized void giveBack(List<Charge> charges, List<Long> atMicros) {
        for (int i = 0; i < charges.size(); i++) {
            Charge charge = charges.get(i);
            LocalCounter counter = entries.get(charge.key());
            if (counter != null) {
                counter.refund(atMicros.get(i), charge);
            }
        }
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        reservation.checkSettlement(actual);
        settleNow(reservation, actual);
        return CompletableFuture.completedFuture(null);
    }

    private synchronized void settleNow(Reservation reservation, List<Long> actual) {
        long now = clock.getAsLong();
        for (int i = 0; i < actual.size(); i++) {
            Charge charge = reservation.charges().get(i);
            LimitKey mark = SettledState.key(reservation.id(), charge.key());
            if (!settlements.begin(mark, now, SettledState.rememberedMicros(charge.quota()))) {
                continue;
            }
            long at = reservation.admission().atMicros().get(i);
            LocalCounter counter = entries.get(charge.key());
            if (counter != null) {
                counter.settle(now, at, charge, actual.get(i));
            } else if (actual.get(i) > charge.cost()) {
                counter(charge, now).settle(now, at, charge, actual.get(i));
            }
        }
        sweep(now);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        LimitStore.checkKeys(keys);
        synchronized (this) {
            keys.forEach(entries::remove);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        LimitStore.check(charges);
        synchronized (this) {
            long now = clock.getAsLong();
            List<Usage> usages = new ArrayList<>(charges.size());
            charges.forEach(charge -> usages.add(usage(charge, now)));
            return CompletableFuture.completedFuture(usages);
        }
    }

    private Usage usage(Charge charge, long now) {
        LocalCounter known = known(charge, now);
        return (known == null ? counters.apply(charge.quota()) : known).usage(now, charge);
    }

    private @Nullable LocalCounter known(Charge charge, long now) {
        LocalCounter counter = entries.get(charge.key());
        return counter == null ? null : counter.under(charge.quota(), now);
    }

    private LocalCounter counter(Charge charge, long now) {
        LocalCounter counter = entries.get(charge.key());
        LocalCounter next = counter == null ? null : counter.under(charge.quota(), now);
        if (next == null) {
            next = counters.apply(charge.quota());
        }
        if (next != counter) {
            entries.put(charge.key(), next);
        }
        return next;
    }

    private void sweep(long now) {
        if (entries.size() < nextSweep) {
            return;
        }
        entries.values().removeIf(counter -> counter.idleAfterMicros(now) == 0);
        if (nextSweep == mostCounters) {
            // However few were idle: or every few further counters would cost a look at all of them.
            Iterator<LocalCounter> oldest = entries.values().iterator();
            while (entries.size() > mostCounters - mostCounters / 8) {
                oldest.next();
                oldest.remove();
            }
        }
        nextSweep = Math.min(mostCounters, Math.max(FIRST_SWEEP, 2 * entries.size()));
    }
}
