package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.LocalLimitStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides what each limit says when the shared store does not answer ({@link OnStoreFailure}): {@code CLOSED} passes
 * the failure on, {@code LOCAL} is enforced by this node with its {@linkplain Share share}, {@code OPEN} is counted by
 * this node and refuses nothing. One {@code CLOSED} limit leaves the whole call undecided.
 *
 * <p>What the shared store admits through this node is counted against its shares as well, so that the switch from one
 * to the other refills nothing: who has used up what this node would grant gets no more of it from the outage.
 *
 * <p>Thread-safe.
 */
public final class FallbackLimitStore implements LimitStore {

    private final LimitStore shared;
    private final LocalLimitStore local;
    private final LiveNodes nodes;

    /**
     * @param shared the store all nodes share
     * @param local this node's own, which always answers
     * @param nodes among how many nodes the quotas are divided
     */
    public FallbackLimitStore(LimitStore shared, LocalLimitStore local, LiveNodes nodes) {
        this.shared = shared;
        this.local = local;
        this.nodes = nodes;
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        return shared.acquire(charges)
                .whenComplete((decision, error) -> {
                    if (decision instanceof Decision.Allowed) {
                        local.count(shares(charges));
                    }
                })
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
        return new Decision.Allowed(counted.usages(), Decision.Source.LOCAL, counted.atMicros());
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
                merged(charges, enforced.atMicros(), open.atMicros()));
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
