package io.headgate.gateway.backend;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators see of a backend: a meter for what happens often, and a line in the log for each change of state. */
final class BackendMeters {

    private static final Logger log = LoggerFactory.getLogger(BackendMeters.class);

    /** So long after the last one that was not sent again, failed requests are said to be sent again. */
    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

    private final String backend;
    private final LongSupplier nanoTime;
    private final AtomicBoolean budgetSpent = new AtomicBoolean();
    private volatile long lastRefusedNanos;
    private final Counter retried;
    private final Counter overBudget;
    private final Counter hedged;
    private final Counter hedgeWon;
    private final Counter hedgeOverBudget;
    private final Counter broken;
    private final Map<Priority, Counter> shed = new EnumMap<>(Priority.class);
    private final Map<String, Counter> ejections = new HashMap<>();

    /**
     * Meters of a backend.
     *
     * @param nanoTime a clock that never runs backwards
     */
    BackendMeters(Backend backend, MeterRegistry registry, LongSupplier nanoTime) {
        this.backend = backend.name();
        this.nanoTime = nanoTime;
        this.retried = retries(backend, "sent", registry);
        this.overBudget = retries(backend, "over_budget", registry);
        this.hedged = hedges(backend, "sent", registry);
        this.hedgeWon = hedges(backend, "won", registry);
        this.hedgeOverBudget = hedges(backend, "over_budget", registry);
        this.broken = Counter.builder("backend.answers.broken")
                .description("Answers that broke off in the middle")
                .tag("backend", backend.name())
                .register(registry);
        for (Priority priority : Priority.values()) {
            shed.put(
                    priority,
                    Counter.builder("backend.requests.shed")
                            .description("Requests that were turned away since the backend had as much to do as it can")
                            .tag("backend", backend.name())
                            .tag("priority", priority.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        for (Instance instance : backend.instances()) {
            Gauge.builder("backend.instance.fit", instance, it -> it.fit() ? 1 : 0)
                    .description("1 while an instance is given requests like the others")
                    .tag("backend", backend.name())
                    .tag("instance", instance.uri().getAuthority())
                    .register(registry);
            Gauge.builder("backend.requests.active", instance, Instance::underWay)
                    .description("Requests whose answers are not complete yet")
                    .tag("backend", backend.name())
                    .tag("instance", instance.uri().getAuthority())
                    .register(registry);
            Gauge.builder(
                            "backend.concurrency.limit",
                            instance,
                            it -> it.bulkhead().adaptedLimit())
                    .description("Requests that the server of an instance is thought to be able to work on at a time")
                    .tag("backend", backend.name())
                    .tag("instance", instance.uri().getAuthority())
                    .register(registry);
            ejections.put(instance.name(), ejections(backend, instance, registry));
        }
    }

    private static Counter retries(Backend backend, String outcome, MeterRegistry registry) {
        return Counter.builder("backend.retries")
                .description("Requests that were sent again after a failure, or would have been")
                .tag("backend", backend.name())
                .tag("outcome", outcome)
                .register(registry);
    }

    private static Counter hedges(Backend backend, String outcome, MeterRegistry registry) {
        return Counter.builder("backend.hedges")
                .description(
                        "Reads that were sent to a second instance as well, that it answered first, or would have been")
                .tag("backend", backend.name())
                .tag("outcome", outcome)
                .register(registry);
    }

    private static Counter ejections(Backend backend, Instance instance, MeterRegistry registry) {
        return Counter.builder("backend.ejections")
                .description("Times that an instance was left alone for a while after failures in a row")
                .tag("backend", backend.name())
                .tag("instance", instance.uri().getAuthority())
                .register(registry);
    }

    void shed(Priority priority) {
        Objects.requireNonNull(shed.get(priority)).increment();
    }

    void answerBroken() {
        broken.increment();
    }

    void retried() {
        retried.increment();
        if (budgetSpent.get()
                && nanoTime.getAsLong() - lastRefusedNanos > QUIET_NANOS
                && budgetSpent.compareAndSet(true, false)) {
            log.info("{}: requests that fail are sent again, each", backend);
        }
    }

    void retryRefused() {
        overBudget.increment();
        lastRefusedNanos = nanoTime.getAsLong();
        if (budgetSpent.compareAndSet(false, true)) {
            log.warn("{}: too many requests fail to send each of them again: one for every twelve that come", backend);
        }
    }

    void hedged() {
        hedged.increment();
    }

    void hedgeWon() {
        hedgeWon.increment();
    }

    void hedgeRefused() {
        hedgeOverBudget.increment();
    }

    void ejected(Instance instance, Duration time) {
        Objects.requireNonNull(ejections.get(instance.name())).increment();
        log.warn(
                "{} has failed {} times in a row: ejected for {} s",
                instance.name(),
                Outlier.FAILURES,
                time.toSeconds());
    }

    void returned(Instance instance) {
        log.info("{} answers again and is no longer ejected", instance.name());
    }
}
