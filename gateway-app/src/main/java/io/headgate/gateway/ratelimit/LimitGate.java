package io.headgate.gateway.ratelimit;

import io.headgate.gateway.telemetry.DecisionMeters;
import io.headgate.gateway.telemetry.DecisionMeters.Outcome;
import io.headgate.gateway.telemetry.SlotMeters;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PlannedLimit.Mode;
import io.headgate.policy.match.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Holds requests against their limits. All enforced limits of a call are decided in one go, and charged all or none;
 * limits that do not refuse this caller, on trial or since it is exempt, are charged beside them, each on its own, count
 * what they would have refused, and never decide anything.
 */
public final class LimitGate implements AutoCloseable {

    private final LimitStore store;
    private final DecisionMeters meters;
    private final SlotMeters slotMeters;
    private final ScheduledThreadPoolExecutor renewals;

    /** A gate over {@code store}. */
    public LimitGate(LimitStore store, DecisionMeters meters, SlotMeters slotMeters) {
        this.store = store;
        this.meters = meters;
        this.slotMeters = slotMeters;
        this.renewals = new ScheduledThreadPoolExecutor(1, LimitGate::renewer);
        this.renewals.setRemoveOnCancelPolicy(true);
    }

    private static Thread renewer(Runnable work) {
        Thread thread = new Thread(work, "slot-renewals");
        thread.setDaemon(true);
        return thread;
    }

    /** What one request is going to hold; whoever asks for it ends it. */
    public RequestSlots slots() {
        return new RequestSlots(store, renewals, slotMeters);
    }

    /**
     * Judges a request by some limits of its plan.
     *
     * @param plan name of the caller's plan
     * @param limits the limits to hold it against
     * @param slots takes over the slots that are taken for it
     */
    public CompletionStage<Verdict> judge(String plan, List<PlannedLimit> limits, RequestSlots slots) {
        return judge(plan, limits, slots, CompletableFuture::completedFuture);
    }

    /**
     * Judges a request that has another way in if there is no room.
     *
     * @param otherwise what becomes of it then; a refusal counts as one only if this comes back to it
     */
    public CompletionStage<Verdict> judge(
            String plan,
            List<PlannedLimit> limits,
            RequestSlots slots,
            Function<Verdict.Refused, CompletionStage<Verdict>> otherwise) {
        List<PlannedLimit> counted = new ArrayList<>(limits.size());
        List<Charge> charges = new ArrayList<>(limits.size());
        for (PlannedLimit limit : limits) {
            if (limit.mode() != Mode.ENFORCE) {
                continue;
            }
            Allowance allowance = limit.allowance();
            if (allowance instanceof Allowance.Metered metered) {
                counted.add(limit);
                charges.add(slots.claimed(metered.charge()));
            } else if (allowance instanceof Allowance.Unlimited) {
                count(limit, plan, Outcome.UNLIMITED);
            } else {
                count(limit, plan, Outcome.DENIED);
                return CompletableFuture.completedFuture(new Verdict.Excluded(limit));
            }
        }
        if (charges.isEmpty()) {
            watch(plan, limits, slots);
            return CompletableFuture.completedFuture(Verdict.Admitted.UNCOUNTED);
        }
        return acquire(charges, slots)
                .handle((decision, error) -> {
                    if (error != null) {
                        return CompletableFuture.<Verdict>completedFuture(undecided(plan, counted, error));
                    }
                    List<Standing> standings = standings(counted, charges, decision::usage);
                    if (decision instanceof Decision.Allowed allowed) {
                        counted.forEach(limit -> count(limit, plan, Outcome.ALLOWED));
                        watch(plan, limits, slots);
                        return CompletableFuture.<Verdict>completedFuture(new Verdict.Admitted(
                                standings, Optional.of(new Verdict.Reservation(charges, allowed))));
                    }
                    Verdict.Refused refused = new Verdict.Refused(standings);
                    return otherwise.apply(refused).thenApply(verdict -> {
                        if (verdict == refused) {
                            countRefusals(plan, standings);
                        }
                        return verdict;
                    });
                })
                .thenCompose(verdict -> verdict);
    }

    /** Not part of what is made of the answer, which nobody may be waiting for any more when it comes. */
    private CompletionStage<Decision> acquire(List<Charge> charges, RequestSlots slots) {
        CompletionStage<Decision> answer = store.acquire(charges);
        var unused = answer.whenComplete((decision, error) -> {
            // A call without an answer may have been applied.
            if (!(decision instanceof Decision.Denied)) {
                slots.took(charges);
            }
        });
        return answer;
    }

    /** Gives back what an admission has taken. */
    public void refund(Verdict.Admitted admitted) {
        admitted.reservation().ifPresent(taken -> store.refund(taken.charges(), taken.admission()));
    }

    /** Replaces what was reserved by what it has come to. */
    public void settle(Reservation reservation, List<Long> actual) {
        var unused = store.settle(reservation, actual);
    }

    /** Has slots kept for another lease. */
    public void renew(List<Charge> slots) {
        slots.forEach(slot -> new HeldSlot(store, slot, slotMeters).renew());
    }

    /** Gives back slots that are not held by a request. */
    public void release(List<Charge> slots) {
        slots.forEach(slot -> new HeldSlot(store, slot, slotMeters).release());
    }

    /** Takes a slot from whoever holds it; done once others may have it. */
    public CompletionStage<Void> takeAway(Charge slot) {
        return store.release(List.of(slot));
    }

    /** How a caller stands with these limits, in their order, without charging anything; empty if nobody can tell. */
    public CompletionStage<Optional<List<Standing>>> look(List<PlannedLimit> limits) {
        List<PlannedLimit> counted = new ArrayList<>(limits.size());
        List<Charge> charges = new ArrayList<>(limits.size());
        for (PlannedLimit limit : limits) {
            if (limit.allowance() instanceof Allowance.Metered metered) {
                counted.add(limit);
                charges.add(metered.charge());
            }
        }
        if (charges.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.of(List.of()));
        }
        return store.peek(charges).handle((usages, error) -> {
            if (error != null) {
                rethrowUnlessUnavailable(error);
                return Optional.empty();
            }
            return Optional.of(standings(counted, charges, at -> Optional.of(usages.get(at))));
        });
    }

    /** Has some limits forget a caller, slots included; {@code false} if nobody can tell whether they have. */
    public CompletionStage<Boolean> forget(List<PlannedLimit> limits) {
        List<LimitKey> keys = new ArrayList<>(limits.size());
        for (PlannedLimit limit : limits) {
            if (limit.allowance() instanceof Allowance.Metered metered) {
                keys.add(metered.charge().key());
            }
        }
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        return store.reset(keys).handle((done, error) -> {
            if (error != null) {
                rethrowUnlessUnavailable(error);
            }
            return error == null;
        });
    }

    private void watch(String plan, List<PlannedLimit> limits, RequestSlots slots) {
        for (PlannedLimit limit : limits) {
            if (limit.mode() == Mode.ENFORCE) {
                continue;
            }
            Outcome refusal = limit.mode() == Mode.SHADOW ? Outcome.SHADOW_DENIED : Outcome.EXEMPT;
            Allowance allowance = limit.allowance();
            if (allowance instanceof Allowance.Metered metered) {
                watch(plan, limit, slots.claimed(metered.charge()), refusal, slots);
            } else {
                boolean passes = allowance instanceof Allowance.Unlimited;
                count(limit, plan, passes ? Outcome.UNLIMITED : refusal);
            }
        }
    }

    private void watch(String plan, PlannedLimit limit, Charge charge, Outcome refusal, RequestSlots slots) {
        acquire(List.of(charge), slots).whenComplete((decision, error) -> {
            if (decision == null) {
                count(limit, plan, Outcome.UNDECIDED);
            } else {
                count(limit, plan, decision instanceof Decision.Denied ? refusal : Outcome.ALLOWED);
            }
        });
    }

    private Verdict undecided(String plan, List<PlannedLimit> counted, Throwable error) {
        rethrowUnlessUnavailable(error);
        counted.forEach(limit -> count(limit, plan, Outcome.UNDECIDED));
        return new Verdict.Undecided();
    }

    @Override
    public void close() {
        renewals.shutdown();
    }

    /** Trouble with the store is an outcome; anything else is a bug, and stays loud. */
    private static void rethrowUnlessUnavailable(Throwable error) {
        if (!StoreUnavailable.is(error)) {
            throw error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
        }
    }

    private void countRefusals(String plan, List<Standing> standings) {
        for (Standing standing : standings) {
            if (standing.refuses()) {
                count(standing.limit(), plan, Outcome.DENIED);
                if (standing.charge().quota() instanceof Concurrency) {
                    slotMeters.refused();
                }
            }
        }
    }

    private void count(PlannedLimit limit, String plan, Outcome outcome) {
        meters.count(limit.name(), plan, outcome);
        Rollout rollout = limit.rollout();
        if (rollout != null && outcome != Outcome.UNDECIDED) {
            rollout.decided(outcome == Outcome.DENIED || outcome == Outcome.SHADOW_DENIED);
        }
    }

    /** How the caller stands with each limit that was looked at. */
    private static List<Standing> standings(
            List<PlannedLimit> limits, List<Charge> charges, IntFunction<Optional<Usage>> usages) {
        List<Standing> standings = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            PlannedLimit limit = limits.get(i);
            Charge charge = charges.get(i);
            usages.apply(i).ifPresent(usage -> standings.add(new Standing(limit, charge, usage)));
        }
        return standings;
    }
}
