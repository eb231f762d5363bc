package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides what each limit says when the shared store does not answer ({@link OnStoreFailure}): {@code CLOSED} passes
 * the failure on, {@code LOCAL} is enforced by this node with its {@linkplain Share share}, {@code OPEN} is counted by
 * this node and refuses nothing. One {@code CLOSED} limit leaves the whole call undecided.
 *
 * <p>Thread-safe.
 */
public final class FallbackLimitStore implements LimitStore {

    private final LimitStore shared;
    private final LimitStore local;
    private final LiveNodes nodes;

    /**
     * @param shared the store all nodes share
     * @param local this node's own, which always answers
     * @param nodes among how many nodes the quotas are divided
     */
    public FallbackLimitStore(LimitStore shared, LimitStore local, LiveNodes nodes) {
        this.shared = shared;
        this.local = local;
        this.nodes = nodes;
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        return shared.acquire(charges)
                .exceptionallyCompose(error -> StoreUnavailable.is(error) && !anyClosed(charges)
                        ? decideHere(shares(charges))
                        : CompletableFuture.failedFuture(error));
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return admission.source() == Decision.Source.LOCAL
                ? local.refund(shares(charges), admission)
                : shared.refund(charges, admission);
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
            return counted(open).thenApply(usages -> new Decision.Allowed(usages, Decision.Source.LOCAL, 0));
        }
        return local.acquire(enforced).thenCompose(decision -> {
            if (open.isEmpty()) {
                return CompletableFuture.completedFuture(madeHere(decision, decision.usages()));
            }
            CompletionStage<List<Usage>> others =
                    decision instanceof Decision.Denied ? local.peek(open) : counted(open);
            return others.thenApply(usages -> madeHere(decision, merged(charges, decision.usages(), usages)));
        });
    }

    /** Counts what is not enforced, each limit for itself and whatever its verdict. */
    private CompletionStage<List<Usage>> counted(List<Charge> open) {
        CompletionStage<List<Usage>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Charge charge : open) {
            all = all.thenCombine(local.acquire(List.of(charge)), (usages, decision) -> {
                usages.add(decision.usages().get(0));
                return usages;
            });
        }
        return all;
    }

    /** Usages in the order of the charges; an open limit never has to wait. */
    private static List<Usage> merged(List<Charge> charges, List<Usage> enforced, List<Usage> open) {
        List<Usage> merged = new ArrayList<>(charges.size());
        int nextEnforced = 0;
        int nextOpen = 0;
        for (Charge charge : charges) {
            if (charge.onStoreFailure() == OnStoreFailure.OPEN) {
                Usage usage = open.get(nextOpen++);
                merged.add(new Usage(usage.remaining(), usage.replenishMicros(), 0));
            } else {
                merged.add(enforced.get(nextEnforced++));
            }
        }
        return merged;
    }

    private static Decision madeHere(Decision decision, List<Usage> usages) {
        return decision instanceof Decision.Allowed allowed
                ? new Decision.Allowed(usages, Decision.Source.LOCAL, allowed.atMicros())
                : new Decision.Denied(usages, Decision.Source.LOCAL);
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
