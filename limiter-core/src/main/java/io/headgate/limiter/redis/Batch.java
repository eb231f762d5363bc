package io.headgate.limiter.redis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls on their way into one run of the script, which is given each key and each quota once; {@code limits.lua} describes
 * the bytes. Not thread-safe.
 */
final class Batch {

    private final Map<String, Short> keyPlaces = new HashMap<>();
    private final Map<ByteBuffer, Short> quotaPlaces = new HashMap<>();
    private final List<Object> keys = new ArrayList<>();
    private final List<ByteBuffer> quotas = new ArrayList<>();
    private final ByteBuffer calls;

    Batch(List<Call<?>> group) {
        int size = 0;
        for (Call<?> call : group) {
            size += call.size();
        }
        calls = ByteBuffer.allocate(size);
        for (Call<?> call : group) {
            call.encode(this);
        }
    }

    /** What the script is given as keys. */
    List<Object> keys() {
        return keys;
    }

    /** What the script is given as its argument. */
    byte[] input() {
        int size = Short.BYTES + calls.position();
        for (ByteBuffer quota : quotas) {
            size += quota.remaining();
        }
        ByteBuffer input = ByteBuffer.allocate(size).putShort((short) quotas.size());
        for (ByteBuffer quota : quotas) {
            input.put(quota.duplicate());
        }
        return input.put(calls.flip()).array();
    }

    Batch putByte(int number) {
        calls.put((byte) number);
        return this;
    }

    Batch putNumber(long number) {
        calls.putDouble((double) number);
        return this;
    }

    Batch putKey(String key) {
        Short place = keyPlaces.get(key);
        if (place == null) {
            keys.add(key);
            place = (short) keys.size();
            keyPlaces.put(key, place);
        }
        calls.putShort(place);
        return this;
    }

    /** @param quota as {@link PackedQuota} packs it; not changed any more */
    Batch putQuota(ByteBuffer quota) {
        Short place = quotaPlaces.get(quota);
        if (place == null) {
            quotas.add(quota);
            place = (short) quotas.size();
            quotaPlaces.put(quota, place);
        }
        calls.putShort(place);
        return this;
    }
}
