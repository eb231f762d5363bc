package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.redisson.connection.MasterSlaveEntry;

/**
 * Counters in a Redis Cluster. What is counted of a subject shares a slot and is decided by one script run; a call on
 * several subjects asks their slots side by side and gives back what it has charged unless all of them admit
 * ({@link CrossSlotAcquire}). Calls that arrive while another is under way for their slot share the next run.
 *
 * <p>Each master fails by itself, and so each has guards of its own around it: one that is gone must not be waited for
 * because the others answer. A master that takes over from another one takes over its guard.
 *
 * <p>Thread-safe. The client stays the caller's to close.
 *
 * @param <G> what stands around each master
 */
public final class RedisClusterLimitStore<G extends LimitStore> implements LimitStore {

    private final RedisClient client;
    private final LimitStore slots;
    private final Function<LimitStore, G> guard;
    private final int[] slotOfTag = new int[PackedCharge.TAGS];
    private final Map<MasterSlaveEntry, G> masters = new ConcurrentHashMap<>();

    /**
     * @param client connected to a cluster
     * @param guard wraps what reaches one master in what is to stand around it
     */
    public RedisClusterLimitStore(RedisClient client, Function<LimitStore, G> guard) {
        this(client, guard, new SlotStores(tag -> new RedisLimitStore(client)));
    }

    RedisClusterLimitStore(RedisClient client, Function<LimitStore, G> guard, SlotStores slots) {
        this.client = client;
        this.guard = guard;
        this.slots = slots;
        Arrays.setAll(slotOfTag, tag -> PackedCharge.slot(tag));
    }

    /** What stands around each master that is known; none as long as no cluster has been found. */
    public Collection<G> masters() {
        if (client.connected()) {
            Collection<MasterSlaveEntry> known = client.topology().getEntrySet();
            masters.keySet().retainAll(known);
            known.forEach(this::guarded);
        }
        return List.copyOf(masters.values());
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        LimitStore.checkTakeable(charges);
        List<SlotPart> parts = SlotPart.of(charges);
        return parts.size() == 1
                ? master(parts.get(0)).acquire(charges)
                : new CrossSlotAcquire(parts, this::master, charges.size()).decide();
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        LimitStore.check(charges);
        List<CompletableFuture<?>> parts = new ArrayList<>();
        for (SlotPart part : SlotPart.of(charges)) {
            parts.add(master(part).refund(part.charges(), part.of(admission)).toCompletableFuture());
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        reservation.checkSettlement(actual);
        List<CompletableFuture<?>> parts = new ArrayList<>();
        for (SlotPart part : SlotPart.of(reservation.charges())) {
            parts.add(master(part)
                    .settle(part.of(reservation), part.numbers(actual))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        LimitStore.checkKeys(keys);
        Map<Integer, List<LimitKey>> byTag = keys.stream().collect(Collectors.groupingBy(PackedCharge::tag));
        return CompletableFuture.allOf(byTag.entrySet().stream()
                .map(part -> master(part.getKey()).reset(part.getValue()).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        LimitStore.check(charges);
        Usage[] usages = new Usage[charges.size()];
        List<CompletableFuture<?>> parts = new ArrayList<>();
        for (SlotPart part : SlotPart.of(charges)) {
            parts.add(master(part)
                    .peek(part.charges())
                    .thenAccept(seen -> part.put(seen, usages))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> Arrays.asList(usages));
    }

    private LimitStore master(SlotPart part) {
        return master(part.tag());
    }

    private LimitStore master(int tag) {
        MasterSlaveEntry master = client.connected() ? entry(tag) : null;
        return master == null ? Nobody.INSTANCE : guarded(master);
    }

    private @Nullable MasterSlaveEntry entry(int tag) {
        return client.topology().getEntry(slotOfTag[tag]);
    }

    private G guarded(MasterSlaveEntry master) {
        G known = masters.get(master);
        return known != null ? known : masters.computeIfAbsent(master, added -> guard.apply(slots));
    }

    /** Who holds a slot that no master holds. */
    private enum Nobody implements LimitStore {
        INSTANCE;

        @Override
        public CompletionStage<Decision> acquire(List<Charge> charges) {
            return unavailable();
        }

        @Override
        public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
            return unavailable();
        }

        @Override
        public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
            return unavailable();
        }

        @Override
        public CompletionStage<Void> reset(List<LimitKey> keys) {
            return unavailable();
        }

        @Override
        public CompletionStage<List<Usage>> peek(List<Charge> charges) {
            return unavailable();
        }

        private static <T> CompletionStage<T> unavailable() {
            return CompletableFuture.failedFuture(new StoreUnavailable("redis: no master holds the slot"));
        }
    }
}
