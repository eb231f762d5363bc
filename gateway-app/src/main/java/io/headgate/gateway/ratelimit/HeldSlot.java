package io.headgate.gateway.ratelimit;

import io.headgate.gateway.telemetry.SlotMeters;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One slot, from when it is taken until it is released. Renewed three times per lease, so that one renewal may go astray.
 * A renewal that is under way goes before the release: after it, it would take the slot again.
 *
 * <p>Thread-safe.
 */
final class HeldSlot {

    private static final int RENEWALS_PER_LEASE = 3;

    private final LimitStore store;
    private final List<Charge> charge;
    private final SlotMeters meters;
    private @Nullable ScheduledFuture<?> renewal;
    private CompletionStage<?> latest = CompletableFuture.completedFuture(null);
    private boolean released;

    HeldSlot(LimitStore store, Charge charge, SlotMeters meters) {
        this.store = store;
        this.charge = List.of(charge);
        this.meters = meters;
    }

    /** Has the slot renewed from now on. */
    synchronized void keep(ScheduledExecutorService renewals) {
        long lease = ((Concurrency) charge.get(0).quota()).lease().toNanos();
        long pause = lease / RENEWALS_PER_LEASE;
        meters.held();
        renewal = renewals.scheduleWithFixedDelay(this::renew, pause, pause, TimeUnit.NANOSECONDS);
    }

    /** A slot that was lost, in an outage or by a lower limit, is not taken from others: the request goes on without. */
    synchronized void renew() {
        if (!released && latest.toCompletableFuture().isDone()) {
            latest = store.acquire(charge).whenComplete(this::told);
        }
    }

    private void told(@Nullable Decision decision, @Nullable Throwable error) {
        if (error != null) {
            meters.unanswered();
        } else if (decision instanceof Decision.Denied) {
            meters.lost();
        } else {
            meters.renewed();
        }
    }

    /** Leaves the slot to whoever goes on renewing it. */
    synchronized Charge letGo() {
        released = true;
        if (renewal != null) {
            renewal.cancel(false);
            renewal = null;
            meters.letGo();
        }
        return charge.get(0);
    }

    synchronized void release() {
        if (released) {
            return;
        }
        letGo();
        // Without an answer from the store the lease ends by itself.
        var unused = latest.handle((renewed, error) -> store.release(charge));
    }
}
