package io.headgate.gateway.ratelimit;

import io.headgate.gateway.telemetry.SlotMeters;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LimitStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The slots that one request holds of limits of concurrency. They are renewed while it runs, and given back when it ends,
 * whichever way; a slot whose answer comes after that is given back at once.
 *
 * <p>Thread-safe.
 */
public final class RequestSlots {

    private final LimitStore store;
    private final ScheduledExecutorService renewals;
    private final SlotMeters meters;
    private @Nullable Holder holder;
    private final List<HeldSlot> held = new ArrayList<>(0);
    private final List<HeldSlot> kept = new ArrayList<>(0);
    private boolean ended;

    RequestSlots(LimitStore store, ScheduledExecutorService renewals, SlotMeters meters) {
        this.store = store;
        this.renewals = renewals;
        this.meters = meters;
    }

    /** The charge as this request brings it: a slot that nobody else is named for is held by the request. */
    Charge claimed(Charge charge) {
        return charge.quota() instanceof Concurrency && charge.holder() == null ? charge.heldBy(holder()) : charge;
    }

    private synchronized Holder holder() {
        if (holder == null) {
            holder = Holder.unique();
        }
        return holder;
    }

    /** Whether a charge is for a slot of this request. */
    private synchronized boolean isOurs(Charge charge) {
        return holder != null && holder.equals(charge.holder());
    }

    /** That the slots among these charges have been taken, or may have been. */
    void took(List<Charge> charges) {
        for (Charge charge : charges) {
            if (isOurs(charge)) {
                hold(charge);
            }
        }
    }

    private void hold(Charge charge) {
        HeldSlot slot = new HeldSlot(store, charge, meters);
        synchronized (this) {
            if (!ended) {
                slot.keep(renewals);
                held.add(slot);
                return;
            }
        }
        slot.release();
    }

    /** Leaves the slots that the request has taken to something that outlives it. */
    public synchronized List<Charge> handOver() {
        List<Charge> left = held.stream().map(HeldSlot::letGo).toList();
        held.clear();
        return left;
    }

    /** Renews slots of something that outlives the request, for as long as the request runs. */
    public void keep(List<Charge> slots) {
        for (Charge charge : slots) {
            HeldSlot slot = new HeldSlot(store, charge, meters);
            slot.renew();
            synchronized (this) {
                if (!ended) {
                    slot.keep(renewals);
                    kept.add(slot);
                }
            }
        }
    }

    /** The request is over. */
    public void end() {
        List<HeldSlot> free;
        synchronized (this) {
            ended = true;
            free = List.copyOf(held);
            held.clear();
            kept.forEach(HeldSlot::letGo);
            kept.clear();
        }
        free.forEach(HeldSlot::release);
    }
}
