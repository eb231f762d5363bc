package io.headgate.limiter.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The outcome of a {@link SubjectCall}, which the owner keeps and sends to the backup: bytes, so that a backup of
 * another release can keep them too.
 */
final class WriteState implements EntryProcessor<UUID, byte[], long[]> {

    /**
     * How long an entry outlives its counters. Hazelcast keeps whole seconds and drops the rest, and the next owner's
     * clock may be a little ahead.
     */
    static final long SPARE_MILLIS = 10_000;

    private static final long[] NO_REPLY = {};

    final byte[] state;
    final long ttlMillis;

    /**
     * @param state bytes of a {@link SubjectState}; none to forget the subject
     * @param ttlMillis after which the entry may vanish
     */
    WriteState(byte[] state, long ttlMillis) {
        this.state = state;
        this.ttlMillis = ttlMillis;
    }

    static WriteState of(SubjectState state, long nowMicros) {
        return state.counters().isEmpty()
                ? new WriteState(new byte[0], 0)
                : new WriteState(state.toBytes(), (state.idleAtMicros() - nowMicros) / 1_000 + SPARE_MILLIS);
    }

    // A null value removes the entry.
    @SuppressWarnings("NullAway")
    @Override
    public long[] process(Map.Entry<UUID, byte[]> entry) {
        if (state.length == 0) {
            entry.setValue(null);
        } else {
            ((ExtendedMapEntry<UUID, byte[]>) entry).setValue(state, ttlMillis, TimeUnit.MILLISECONDS);
        }
        return NO_REPLY;
    }
}
