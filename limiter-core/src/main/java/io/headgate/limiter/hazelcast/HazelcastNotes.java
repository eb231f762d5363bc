package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Notes in the members' own memory, each with a copy on a second member. Thread-safe; the member or client stays the
 * caller's.
 */
public final class HazelcastNotes implements SharedNotes {

    private static final String MAP = "headgate.notes";

    private final HazelcastInstance member;

    /** @param member started by {@link HazelcastMember#start()} or {@link HazelcastGuest#start()} */
    public HazelcastNotes(HazelcastInstance member) {
        this.member = member;
    }

    @Override
    public CompletionStage<Void> put(Subject about, byte[] note, Duration keep) {
        SharedNotes.check(note, keep);
        return Question.ask(() -> notes().putAsync(key(about), note, keep.toMillis(), TimeUnit.MILLISECONDS))
                .thenApply(before -> null);
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(Subject about) {
        return Question.ask(() -> notes().getAsync(key(about))).thenApply(Optional::ofNullable);
    }

    @Override
    public CompletionStage<Optional<byte[]>> remove(Subject about) {
        return Question.ask(() -> notes().removeAsync(key(about))).thenApply(Optional::ofNullable);
    }

    private static String key(Subject about) {
        return String.format(Locale.ROOT, "%016x%016x", about.hi(), about.lo());
    }

    private IMap<String, byte[]> notes() {
        return member.getMap(MAP);
    }
}
