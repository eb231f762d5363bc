package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers refusals until the moment at which the store said they could first pass, and answers the same charge from
 * memory until then. One limit that is known to refuse refuses the whole call, so a flood costs the store next to
 * nothing: of one key one call per wait, or per {@link #LONGEST_HOLD} if that is shorter, and what is under way
 * when a wait ends.
 *
 * <p><b>Why it refuses nothing that the store would have admitted.</b> A call is sent at t₀ and its answer is here at t₁;
 * the store decided at some s between the two that cost c of this counter does not fit before s + w. Between charges a
 * counter only drains, charges only fill it, and so until s + w the store refuses c whatever happens, refunds
 * excepted. A refusal is given from memory between t₁ and t₀ + w &lt; s + w: it is what the store would have said at that
 * instant. The wait it tells is counted from t₁, and so never ends before the store's own.
 *
 * <ul>
 *   <li>An answer stands for its own cost only, since waits of other costs are not known from it: cheaper calls may fit,
 *       and dearer ones wait longer.
 *   <li>It stands for its own quota only; a charge that comes with another one drops it.
 *   <li>A refund, settlement or reset through this store drops it when the store has answered, and with it every refusal
 *       that was asked for before that and arrives later. An admission of the same counter drops it too: the waits have
 *       grown.
 *   <li>A call that the store did not answer is refused likewise if a refusal of it has become known meanwhile.
 *   <li>Refusals of a {@link Concurrency} limit are not remembered: they hold for who has no slot, and who has one is
 *       known to the store alone.
 *   <li>What the other limits of a remembered refusal would say is not known, and is not said
 *       ({@link Decision.Denied#positions}). Nor does a refusal from memory start a block of theirs
 *       ({@link io.headgate.limiter.Penalty}): it begins with the next call that reaches the store.
 * </ul>
 *
 * <p><b>Worst case.</b> Over-admission: none, as nothing is ever admitted from memory. Under-admission: tokens that come
 * back without this node's knowledge (a refund by another node, a counter that was reset or lost, a store whose clock
 * leaps) open its door at most {@link #LONGEST_HOLD} late, and never later than the client was told. The proof measures
 * w on this node's clock, so what the store's clock gains on it in that time comes on top. A wait from memory does not
 * know what others have consumed meanwhile, nor of a block that they have brought about, no more than one from the store
 * knows what they will.
 *
 * <p>Belongs on a shared store, below the fallback: what a node decided alone is not remembered. Memory: {@link
 * #MAX_REFUSALS} refusals of a fixed size, and no thread. Thread-safe; a hit takes no lock.
 */
public final class DenyCacheLimitStore implements LimitStore {

    /** Most refusals remembered at once. */
    public static final int MAX_REFUSALS = 1 << 16;

    /** Longest a refusal is remembered, however long its wait. */
    public static final Duration LONGEST_HOLD = Duration.ofSeconds(5);

    private final LimitStore store;
    private final LongSupplier nanoTime;
    private final RefusalTable refusals;
    private final LongAdder hits = new LongAdder();

    /** Remembers what {@code store} refuses. */
    public DenyCacheLimitStore(LimitStore store) {
        this(store, MAX_REFUSALS, System::nanoTime);
    }

    DenyCacheLimitStore(LimitStore store, int maxRefusals, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
        this.refusals = new RefusalTable(maxRefusals / RefusalTable.WAYS, nanoTime.getAsLong());
    }

    /** How many calls have been refused from memory. */
    public long hits() {
        return hits.sum();
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        long asked = nanoTime.getAsLong();
        Decision.Denied known = known(charges, asked);
        if (known != null) {
            LimitStore.check(charges);
            hits.increment();
            return CompletableFuture.completedFuture(known);
        }
        return store.acquire(charges)
                .whenComplete((decision, error) -> {
                    if (decision instanceof Decision.Allowed) {
                        charges.forEach(charge -> refusals.forget(charge.key()));
                    } else if (decision instanceof Decision.Denied denied && denied.source() == Decision.Source.STORE) {
                        remember(charges, denied, asked);
                    }
                })
                .exceptionallyCompose(error -> withoutAnswer(charges, error));
    }

    /** Others may have been refused while this call was waiting in vain. */
    private CompletionStage<Decision> withoutAnswer(List<Charge> charges, Throwable error) {
        Decision.Denied known = StoreUnavailable.is(error) ? known(charges, nanoTime.getAsLong()) : null;
        if (known == null) {
            return CompletableFuture.failedFuture(error);
        }
        hits.increment();
        return CompletableFuture.completedFuture(known);
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        return store.refund(charges, admission).whenComplete((done, error) -> forgetAll(keys(charges)));
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return store.settle(reservation, actual).whenComplete((done, error) -> forgetAll(keys(reservation.charges())));
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return store.reset(keys).whenComplete((done, error) -> forgetAll(keys));
    }

    private static List<LimitKey> keys(List<Charge> charges) {
        return charges.stream().map(Charge::key).toList();
    }

    /** Also when the call failed: it may have been applied. */
    private void forgetAll(List<LimitKey> keys) {
        long now = nanoTime.getAsLong();
        keys.forEach(key -> refusals.forgetUntil(key, now));
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return store.peek(charges);
    }

    private Decision.@Nullable Denied known(List<Charge> charges, long now) {
        int size = charges.size();
        List<Usage> usages = List.of();
        List<Integer> positions = List.of();
        for (int i = 0; i < size; i++) {
            Refusal refusal = refusals.find(charges.get(i), now);
            if (refusal == null) {
                continue;
            }
            if (size == 1) {
                return new Decision.Denied(List.of(refusal.usage(now)), Decision.Source.STORE);
            }
            if (usages.isEmpty()) {
                usages = new ArrayList<>(size);
                positions = new ArrayList<>(size);
            }
            usages.add(refusal.usage(now));
            positions.add(i);
        }
        return usages.isEmpty() ? null : new Decision.Denied(usages, positions, Decision.Source.STORE);
    }

    private void remember(List<Charge> charges, Decision.Denied denied, long asked) {
        long answered = nanoTime.getAsLong();
        for (int i = 0; i < denied.usages().size(); i++) {
            Usage usage = denied.usages().get(i);
            Charge charge = charges.get(denied.positions().get(i));
            // Of a slot another node may know that its holder has it: that one is only renewing, and must get through.
            if (usage.waitMicros() > 0 && !(charge.quota() instanceof Concurrency)) {
                Refusal refusal = new Refusal(charge, usage, asked, answered);
                if (refusal.stands(answered)) {
                    refusals.remember(charge, refusal, answered);
                }
            }
        }
    }
}
