package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Two nodes on one store and a clock turned by hand, and the words in which the contract talks to them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class FleetFixture {

    /** Where the manual clock of a fleet starts: a day in 2026. */
    protected static final long START = 1_790_000_000_000_000L;

    protected static final long SECOND = 1_000_000;

    protected static final long HOUR = 3_600 * SECOND;

    private static final AtomicLong SUBJECTS = new AtomicLong();

    private @Nullable Fleet fleet;

    /** What the manual clock shows. */
    protected long now = START;

    /** Opens two nodes on fresh shared counters, their clock at {@link #START}. Called once for the class. */
    protected abstract Fleet openFleet() throws Exception;

    protected final Fleet fleet() {
        if (fleet == null) {
            throw new IllegalStateException("the fleet is not open");
        }
        return fleet;
    }

    @BeforeAll
    void open() throws Exception {
        fleet = openFleet();
    }

    @AfterAll
    void closeFleet() {
        fleet().close();
    }

    @BeforeEach
    void setClock() {
        now = START;
        fleet().setMicros(now);
    }

    /**
     * Holds an answer against that of the algorithms. A store that refuses without looking at every limit may know less
     * than they do, and says in its own test what.
     */
    protected void assertAnswers(Decision answer, Decision reference, String when) {
        assertThat(answer).as(when).isEqualTo(reference);
    }

    /** A charge on a counter no other test uses. */
    protected static Charge charge(Quota quota, long cost) {
        Subject subject = Subject.of("contract", Long.toString(SUBJECTS.incrementAndGet()));
        return new Charge(LimitKey.of("contract", subject), quota, cost, OnStoreFailure.CLOSED);
    }

    protected static Charge heldBy(Charge slot, String holder) {
        return slot.heldBy(Holder.of(holder));
    }

    protected final void moveTo(String instant) {
        advance(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant)) - now);
    }

    protected static Charge withCost(Charge charge, long cost) {
        return new Charge(charge.key(), charge.quota(), cost, charge.onStoreFailure());
    }

    protected final Decision acquire(int node, Charge... charges) {
        return join(fleet().node(node).acquire(List.of(charges)));
    }

    protected final List<Usage> peek(int node, Charge... charges) {
        return join(fleet().node(node).peek(List.of(charges)));
    }

    protected final void advance(long micros) {
        now += micros;
        fleet().setMicros(now);
    }

    /** The value of a stage, or the exception it failed with; fails the test when it takes longer than a minute. */
    protected static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }

    protected static Decision.Denied denied(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Denied.class);
        return (Decision.Denied) decision;
    }
}
