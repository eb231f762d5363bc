package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Reminders in the members' own memory, each with a copy on a second member. Something is due once its entry in one map has
 * expired while that in a second map is still there: so the members' own expiry is the clock. Asking what is due costs the
 * keys of both maps. Thread-safe; the member or client stays the caller's.
 */
public final class HazelcastReminders implements Reminders {

    private static final String WAITING = "headgate.reminders.waiting";
    private static final String ALL = "headgate.reminders";
    private static final byte[] NOTHING = {};

    private final HazelcastInstance member;

    /** @param member started by {@link HazelcastMember#start()} or {@link HazelcastGuest#start()} */
    public HazelcastReminders(HazelcastInstance member) {
        this.member = member;
    }

    @Override
    public CompletionStage<Void> set(Subject about, Duration after) {
        Reminders.check(after);
        // Whole seconds are kept, and what is less is dropped.
        long waiting = after.plusMillis(999).toSeconds();
        long all = waiting + LONGEST.toSeconds();
        // First of all it is waiting: else whoever asks in between would find it due.
        return Question.ask(() -> map(WAITING).setAsync(key(about), NOTHING, waiting, TimeUnit.SECONDS))
                .thenCompose(done -> Question.ask(() -> map(ALL).setAsync(key(about), NOTHING, all, TimeUnit.SECONDS)));
    }

    @Override
    public CompletionStage<Void> clear(Subject about) {
        return Question.ask(() -> map(ALL).deleteAsync(key(about)))
                .thenCompose(done -> Question.ask(() -> map(WAITING).deleteAsync(key(about))))
                .thenAccept(deleted -> {});
    }

    /** Hazelcast has keys only for whoever waits for them. */
    @Override
    public CompletionStage<List<Subject>> due(int most) {
        return Question.ask(() -> CompletableFuture.supplyAsync(() -> {
            Set<UUID> all = map(ALL).keySet();
            Set<UUID> waiting = map(WAITING).keySet();
            return all.stream()
                    .filter(key -> !waiting.contains(key))
                    .limit(most)
                    .map(key -> new Subject(key.getMostSignificantBits(), key.getLeastSignificantBits()))
                    .toList();
        }));
    }

    private IMap<UUID, byte[]> map(String name) {
        return member.getMap(name);
    }

    private static UUID key(Subject about) {
        return new UUID(about.hi(), about.lo());
    }
}
