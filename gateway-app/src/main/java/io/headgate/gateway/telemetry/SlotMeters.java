package io.headgate.gateway.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators see of the leases behind limits of concurrency. Thread-safe. */
public final class SlotMeters {

    private static final Logger log = LoggerFactory.getLogger(SlotMeters.class);

    private final RecurringLog wanting = new RecurringLog(log, "Requests are refused for want of a free slot");
    private final RecurringLog losing = new RecurringLog(log, "Slots have gone to others while requests held them");
    private final RecurringLog waiting =
            new RecurringLog(log, "Slots are not renewed: the store does not answer, and their leases may run out");
    private final AtomicInteger held = new AtomicInteger();
    private final Counter renewed;
    private final Counter lost;
    private final Counter unanswered;

    /** Registers the meters. */
    public SlotMeters(MeterRegistry registry) {
        Gauge.builder("ratelimit.slots.held", held, AtomicInteger::get)
                .description("Slots that requests under way hold")
                .register(registry);
        renewed = renewals("renewed", registry);
        lost = renewals("lost", registry);
        unanswered = renewals("unanswered", registry);
    }

    private static Counter renewals(String outcome, MeterRegistry registry) {
        return Counter.builder("ratelimit.slot.renewals")
                .description("Renewals of the leases of slots that requests under way hold")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** A request holds one more slot. */
    public void held() {
        held.incrementAndGet();
    }

    /** A request holds one slot less. */
    public void letGo() {
        held.decrementAndGet();
    }

    /** A lease goes on. */
    public void renewed() {
        renewed.increment();
    }

    /** Somebody else has the slot. */
    public void lost() {
        lost.increment();
        losing.happened();
    }

    /** Nobody knows whether a lease goes on. */
    public void unanswered() {
        unanswered.increment();
        waiting.happened();
    }

    /** There was no slot for a request. */
    public void refused() {
        wanting.happened();
    }
}
