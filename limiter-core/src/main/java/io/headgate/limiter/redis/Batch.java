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
        calls.putShort(place(keyPlaces, keys, key));
        return this;
    }

    /** @param quota as {@link PackedQuota} packs it; not changed any more */
    Batch putQuota(ByteBuffer quota) {
        calls.putShort(place(quotaPlaces, quotas, quota));
        return this;
    }

    /** Where it stands among all, from one on. */
    private static <T> short place(Map<T, Short> places, List<? super T> all, T one) {
        Short place = places.get(one);
        if (place == null) {
            all.add(one);
            place = (short) all.size();
            places.put(one, place);
        }
        return place;
    }
}
