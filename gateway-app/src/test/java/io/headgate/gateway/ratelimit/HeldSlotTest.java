package io.headgate.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.telemetry.SlotMeters;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeldSlotTest {

    private static final SlotMeters METERS = new SlotMeters(new SimpleMeterRegistry());
    private static final Charge CHARGE = withLease(Duration.ofMillis(30));

    private static final Decision ANSWER = new Decision.Denied(List.of(), Decision.Source.STORE);

    private final ScheduledThreadPoolExecutor renewals = new ScheduledThreadPoolExecutor(1);
    private final Calls store = new Calls();
    private final HeldSlot slot = new HeldSlot(store, CHARGE, METERS);

    private static Charge withLease(Duration lease) {
        return new Charge(
                        LimitKey.of("streams", Subject.of("user", "ada")),
                        new Concurrency(1, lease),
                        1,
                        OnStoreFailure.LOCAL)
                .heldBy(Holder.of("stream"));
    }

    @AfterEach
    void stop() {
        renewals.shutdownNow();
    }

    @Test
    void itIsRenewedOverAndOver() throws InterruptedException {
        slot.keep(renewals);
        for (int i = 0; i < 5; i++) {
            store.acquired().complete(ANSWER);
        }
    }

    @Test
    void aRenewalThatFailsIsTriedAgain() throws InterruptedException {
        slot.keep(renewals);
        store.acquired().completeExceptionally(new IllegalStateException("the store is away"));
        assertThat(store.acquired()).isNotDone();
    }

    @Test
    void itIsReleasedAfterTheRenewalThatIsUnderWay() throws InterruptedException {
        slot.keep(renewals);
        CompletableFuture<Decision> renewal = store.acquired();
        slot.release();
        assertThat(store.releases).isEmpty();
        renewal.complete(ANSWER);
        assertThat(store.releases).containsExactly(List.of(CHARGE));
    }

    @Test
    void itIsReleasedOnceAndNotRenewedAfterwards() {
        // No renewal falls due while this test runs: the release would have to wait for its answer.
        Charge charge = withLease(Duration.ofHours(1));
        HeldSlot longHeld = new HeldSlot(store, charge, METERS);
        longHeld.keep(renewals);
        longHeld.release();
        longHeld.release();
        assertThat(store.releases).containsExactly(List.of(charge));
        assertThat(renewals.getQueue())
                .allSatisfy(task -> assertThat(((java.util.concurrent.Future<?>) task).isCancelled())
                        .isTrue());
    }

    /** A store whose answers the test gives. */
    private static final class Calls implements LimitStore {
        private final BlockingQueue<CompletableFuture<Decision>> acquires = new LinkedBlockingQueue<>();
        private final BlockingQueue<List<Charge>> releases = new LinkedBlockingQueue<>();

        CompletableFuture<Decision> acquired() throws InterruptedException {
            CompletableFuture<Decision> call = acquires.poll(60, TimeUnit.SECONDS);
            if (call == null) {
                throw new AssertionError("no renewal");
            }
            return call;
        }

        @Override
        public CompletionStage<Decision> acquire(List<Charge> charges) {
            CompletableFuture<Decision> answer = new CompletableFuture<>();
            acquires.add(answer);
            return answer;
        }

        @Override
        public CompletionStage<Void> release(List<Charge> charges) {
            releases.add(charges);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
            throw new UnsupportedOperationException("nobody refunds a slot here");
        }

        @Override
        public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
            throw new UnsupportedOperationException("nobody settles");
        }

        @Override
        public CompletionStage<Void> reset(List<LimitKey> keys) {
            throw new UnsupportedOperationException("nobody resets");
        }

        @Override
        public CompletionStage<List<Usage>> peek(List<Charge> charges) {
            throw new UnsupportedOperationException("nobody looks");
        }
    }
}
