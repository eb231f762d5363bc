package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store promises besides when its shared part can be lost. */
public abstract class SharedLimitStoreContract extends LimitStoreContract {

    private static final Duration RECOVERY = Duration.ofSeconds(5);

    /** A fleet of its own for the outage, so that other tests do not notice. */
    protected abstract BreakableFleet openBreakableFleet() throws Exception;

    /** A fleet whose shared part can be taken away and brought back. */
    public interface BreakableFleet extends Fleet {

        /** Makes the shared part stop answering. Returns when it has. */
        void breakStore() throws Exception;

        /** Brings the shared part back, with or without what it had counted. */
        void healStore() throws Exception;
    }

    @Test
    void an_outage_is_store_unavailable_and_never_a_decision_and_ends_by_itself() throws Exception {
        try (BreakableFleet fleet = openBreakableFleet()) {
            Charge charge = charge(new SlidingWindow(100, Duration.ofMinutes(1)), 1);
            assertThat(join(fleet.node(0).acquire(List.of(charge)))).isInstanceOf(Decision.Allowed.class);

            fleet.breakStore();
            for (int node = 0; node < 2; node++) {
                var store = fleet.node(node);
                assertThatThrownBy(() -> join(store.acquire(List.of(charge)))).isInstanceOf(StoreUnavailable.class);
                assertThatThrownBy(() -> join(store.peek(List.of(charge)))).isInstanceOf(StoreUnavailable.class);
            }

            fleet.healStore();
            for (int node = 0; node < 2; node++) {
                assertThat(firstDecision(fleet, node, charge)).isInstanceOf(Decision.Allowed.class);
            }
        }
    }

    private static Decision firstDecision(Fleet fleet, int node, Charge charge) {
        long end = System.nanoTime() + RECOVERY.toNanos();
        while (true) {
            try {
                return join(fleet.node(node).acquire(List.of(charge)));
            } catch (StoreUnavailable e) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("still unavailable " + RECOVERY + " after the store came back", e);
                }
                Thread.onSpinWait();
            }
        }
    }
}
