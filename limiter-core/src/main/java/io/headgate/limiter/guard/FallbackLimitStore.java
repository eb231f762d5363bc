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
            return counted(open).thenApply(passed -> passed);
        }
        return local.acquire(enforced)
                .thenCompose(decision -> decision instanceof Decision.Allowed admitted
                        ? counted(open).thenApply(passed -> merged(charges, admitted, passed))
                        : looked(open)
                                .thenApply(passed -> new Decision.Denied(
                                        merged(charges, decision.usages(), passed), Decision.Source.LOCAL)));
    }

    /** Counts what is not enforced, each limit for itself and whatever its verdict. */
    private CompletionStage<Decision.Allowed> counted(List<Charge> open) {
        CompletionStage<List<Decision>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Charge charge : open) {
            all = all.thenCombine(local.acquire(List.of(charge)), (decisions, decision) -> {
                decisions.add(decision);
                return decisions;
            });
        }
        return all.thenApply(FallbackLimitStore::passed);
    }

    private static Decision.Allowed passed(List<Decision> each) {
        List<Usage> usages = new ArrayList<>(each.size());
        List<Long> moments = new ArrayList<>(each.size());
        for (Decision decision : each) {
            usages.add(withoutWait(decision.usages().get(0)));
            moments.add(
                    decision instanceof Decision.Allowed counted
                            ? counted.atMicros().get(0)
                            : 0L);
        }
        return new Decision.Allowed(usages, Decision.Source.LOCAL, moments);
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
