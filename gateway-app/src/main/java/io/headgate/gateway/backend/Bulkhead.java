package io.headgate.gateway.backend;

import io.headgate.policy.match.ConcurrencyRule;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets no more requests through to a server than it can work on, the more important ones first. Whoever has something at the
 * same server shares it.
 *
 * <p>A request counts from when the server has all of it until its answer begins: neither a slow upload nor a long download
 * is work.
 *
 * <p>Thread-safe.
 */
final class Bulkhead {

    private static final Logger log = LoggerFactory.getLogger(Bulkhead.class);

    /** So long after the last request was turned away, the server is said to be no longer at capacity. */
    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

    private final String server;
    private final LongSupplier nanoTime;
    private final AtomicInteger inUse = new AtomicInteger();
    private final AdaptiveLimit adaptive = new AdaptiveLimit();
    private final RecentUse use = new RecentUse();
    private final AtomicBoolean shedding = new AtomicBoolean();
    private volatile int adapted = AdaptiveLimit.INITIAL;
    private volatile long lastShedNanos;

    /**
     * The bulkhead of a server that nothing is known of.
     *
     * @param server what operators call it
     * @param nanoTime a clock that never runs backwards
     */
    Bulkhead(String server, LongSupplier nanoTime) {
        this.server = server;
        this.nanoTime = nanoTime;
    }

    /** What the server is thought to be able to work on at the same time. */
    int adaptedLimit() {
        return adapted;
    }

    /**
     * Lets a request through, or not.
     *
     * @param user whose it is; asked for only when it matters
     * @return empty if the request has to go
     */
    Optional<Entry> enter(ConcurrencyRule rule, Priority priority, Supplier<String> user) {
        if (rule instanceof ConcurrencyRule.None) {
            return Optional.of(new Entry());
        }
        int limit = rule instanceof ConcurrencyRule.Fixed fixed ? fixed.requests() : adapted;
        int now = inUse.get();
        // Who uses how much matters once it gets tight, and is only counted then.
        boolean heavy = now >= limit / 4 && use.countsAsHeavy(user.get(), nanoTime.getAsLong());
        if (now >= priority.share(limit, heavy)) {
            shed(limit);
            return Optional.empty();
        }
        calm();
        return Optional.of(new Entry());
    }

    private void shed(int limit) {
        lastShedNanos = nanoTime.getAsLong();
        if (shedding.compareAndSet(false, true)) {
            log.warn(
                    "{} is at capacity ({} requests at the same time): the least important are turned away",
                    server,
                    limit);
        }
    }

    private void calm() {
        if (shedding.get()
                && nanoTime.getAsLong() - lastShedNanos > QUIET_NANOS
                && shedding.compareAndSet(true, false)) {
            log.info("{} is no longer at capacity", server);
        }
    }

    private void sample(long tookNanos, int used) {
        synchronized (adaptive) {
            if (adaptive.sample(nanoTime.getAsLong(), tookNanos, used, inUse.get())) {
                adapted = adaptive.requests();
            }
        }
    }

    /** One request on its way through. Each step happens once, whoever says it how often. */
    final class Entry {

        private final AtomicInteger step = new AtomicInteger();
        private volatile long sinceNanos;
        private volatile int used;

        private Entry() {}

        /** The server has all of the request. */
        void sent() {
            if (step.compareAndSet(0, 1)) {
                sinceNanos = nanoTime.getAsLong();
                used = inUse.incrementAndGet();
            }
        }

        /**
         * The answer begins, or there will be none.
         *
         * @param telling whether the time it took says something of the server
         */
        void over(boolean telling) {
            if (step.getAndSet(2) == 1) {
                inUse.decrementAndGet();
                if (telling) {
                    sample(nanoTime.getAsLong() - sinceNanos, used);
                }
            }
        }
    }
}
