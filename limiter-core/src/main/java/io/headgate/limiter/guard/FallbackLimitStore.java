package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.LocalLimitStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Decides what each limit says when the shared store does not answer ({@link OnStoreFailure}): {@code CLOSED} passes
 * the failure on, {@code LOCAL} is enforced by this node with its {@linkplain Share share}, {@code OPEN} is counted by
 * this node and refuses nothing. One {@code CLOSED} limit leaves the whole call undecided.
 *
 * <p>The switch from one to the other refills nothing. What the shared store admits through this node is counted
 * against its shares as well: who has used up what this node would grant gets no more of it from the outage. And what
 * this node has admitted by its share is {@linkplain Unreported reported} to the shared store once that answers again,
 * so that one late answer does not admit one request more than the limit. What an {@code OPEN} limit let pass is not.
 *
 * <p>Thread-safe.
 */
public final class FallbackLimitStore implements LimitStore {

    private final LimitStore shared;
    private final LocalLimitStore local;
    private final LiveNodes nodes;
    private final Executor reports;
    private final Unreported unreported;
    private final AtomicBoolean reporting = new AtomicBoolean();

    /**
     * @param shared the store all nodes share
     * @param local this node's own, which always answers
     * @param nodes among how many nodes the quotas are divided
     */
    public FallbackLimitStore(LimitStore shared, LocalLimitStore local, LiveNodes nodes) {
        // Never on the thread that answers: a chain of answers that are there already would be a recursion.
        this(shared, local, nodes, ForkJoinPool.commonPool());
    }

    FallbackLimitStore(LimitStore shared, LocalLimitStore local, LiveNodes nodes, Executor reports) {
        this.reports = reports;
        this.shared = shared;
        this.local = local;
        this.nodes = nodes;
        this.unreported = new Unreported(local::nowMicros);
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        return shared.acquire(charges)
                .whenComplete((decision, error) -> {
                    if (decision instanceof Decision.Allowed) {
                        local.count(shares(charges));
                        report();
                    }
                })
                .exceptionallyCompose(error -> StoreUnavailable.is(error) && !anyClosed(charges)
                        ? decideHere(shares(charges)).thenApply(decision -> noted(charges, decision))
                        : CompletableFuture.failedFuture(error));
    }

    private Decision noted(List<Charge> charges, Decision decision) {
        if (decision instanceof Decision.Allowed admission) {
            for (int i = 0; i < charges.size(); i++) {
                if (charges.get(i).onStoreFailure() == OnStoreFailure.LOCAL) {
                    unreported.add(charges.get(i), admission.atMicros().get(i));
                }
            }
        }
        return decision;
    }

    /** One after the other: the store has just come back, and requests go first. */
    private void report() {
        if (!unreported.isEmpty() && reporting.compareAndSet(false, true)) {
            reportNext();
        }
    }

    private void reportNext() {
        Charge charge = unreported.take();
        if (charge == null) {
            reporting.set(false);
            return;
        }
        var unused = charged(charge)
                .whenCompleteAsync(
                        (done, error) -> {
                            if (error == null) {
                                reportNext();
                            } else {
                                unreported.add(charge, local.nowMicros());
                                reporting.set(false);
                            }
                        },
                        reports);
    }

    /** As much of it as there is room for, and looking first: a refusal may start a block, which nobody has earned here. */
    private CompletionStage<?> charged(Charge charge) {
        return shared.peek(List.of(charge)).thenCompose(usages -> {
            long fitting = Math.min(usages.get(0).remaining(), charge.cost());
            return fitting > 0
                    ? shared.acquire(List.of(charge.costing(fitting)))
                    : CompletableFuture.completedFuture(null);
        });
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        if (admission.source() == Decision.Source.STORE) {
            return shared.refund(charges, admission);
        }
        for (int i = 0; i < charges.size(); i++) {
            unreported.giveBack(charges.get(i), admission.atMicros().get(i));
        }
        return local.refund(shares(charges), admission);
    }

    /** Also here: what this node remembers for an outage must not outlive the holder. */
    @Override
    public CompletionStage<Void> release(List<Charge> charges) {
        return local.release(shares(charges)).thenCompose(done -> shared.release(charges));
    }

    /** What this node has admitted by itself is settled here, and no longer in the store once it has been reported. */
    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        Decision.Allowed admission = reservation.admission();
        if (admission.source() == Decision.Source.STORE) {
            return shared.settle(reservation, actual);
        }
        reservation.checkSettlement(actual);
        for (int i = 0; i < actual.size(); i++) {
            unreported.settle(reservation.charges().get(i), admission.atMicros().get(i), actual.get(i));
        }
        return local.settle(new Reservation(reservation.id(), shares(reservation.charges()), admission), actual);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        LimitStore.checkKeys(keys);
        unreported.forget(keys);
        return local.reset(keys).thenCompose(done -> shared.reset(keys));
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return shared.peek(charges)
                .exceptionallyCompose(error -> StoreUnavailable.is(error)
                        ? local.peek(shares(charges))
                        : CompletableFuture.failedFuture(error));
    }

    private CompletionStage<Decision> decideHere(List<Charge> charges) {
        List<Charge> enforced = new ArrayList<>(charges);
        enforced.removeIf(charge -> charge.onStoreFailure() == OnStoreFailure.OPEN);
        List<Charge> open = new ArrayList<>(charges);
        open.removeAll(enforced);
        if (enforced.isEmpty()) {
            return CompletableFuture.completedFuture(madeHere(local.count(open)));
        }
        return local.acquire(enforced)
                .thenCompose(decision -> decision instanceof Decision.Allowed admitted
                        ? CompletableFuture.completedFuture(merged(charges, admitted, local.count(open)))
                        : looked(open)
                                .thenApply(passed -> new Decision.Denied(
                                        merged(charges, decision.usages(), passed), Decision.Source.LOCAL)));
    }

    private static Decision madeHere(Decision.Allowed counted) {
        return new Decision.Allowed(counted.usages(), Decision.Source.LOCAL, counted.atMicros(), counted.delayMicros());
    }

    private CompletionStage<List<Usage>> looked(List<Charge> open) {
        return open.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : local.peek(open)
                        .thenApply(usages -> usages.stream()
                                .map(FallbackLimitStore::withoutWait)
                                .toList());
    }

    /** An open limit never has to wait. */
    private static Usage withoutWait(Usage usage) {
        return new Usage(usage.remaining(), usage.replenishMicros(), 0);
    }

    private static Decision merged(List<Charge> charges, Decision.Allowed enforced, Decision.Allowed open) {
        return new Decision.Allowed(
                merged(charges, enforced.usages(), open.usages()),
                Decision.Source.LOCAL,
                merged(charges, enforced.atMicros(), open.atMicros()),
                Math.max(enforced.delayMicros(), open.delayMicros()));
    }

    /** Both in the order of the charges. */
    private static <T> List<T> merged(List<Charge> charges, List<T> enforced, List<T> open) {
        List<T> merged = new ArrayList<>(charges.size());
        int nextEnforced = 0;
        int nextOpen = 0;
        for (Charge charge : charges) {
            merged.add(
                    charge.onStoreFailure() == OnStoreFailure.OPEN
                            ? open.get(nextOpen++)
                            : enforced.get(nextEnforced++));
        }
        return merged;
    }

    private List<Charge> shares(List<Charge> charges) {
        Share share = nodes.share();
        List<Charge> shares = new ArrayList<>(charges.size());
        charges.forEach(charge -> shares.add(share.of(charge)));
        return shares;
    }

    private static boolean anyClosed(List<Charge> charges) {
        return charges.stream().anyMatch(charge -> charge.onStoreFailure() == OnStoreFailure.CLOSED);
    }
}
