package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.redisson.connection.CRC16;

/**
 * One charge as the script reads it.
 *
 * @param key the Redis key
 * @param quota its kind and its numbers, {@code limits.lua} says which
 * @param cost tokens
 * @param atMicros what names the admission to give back, 0 if it is none
 */
record PackedCharge(String key, ByteBuffer quota, long cost, long atMicros) {

    /** How many tags there are. */
    static final int TAGS = 256;

    private static final int SLOTS = 16_384;

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private static final Base64.Encoder KEY_TEXT = Base64.getUrlEncoder().withoutPadding();

    /** @param nodeMicros about now; the script is told the calendar around it, and decides by its own clock */
    static PackedCharge of(Charge charge, long nodeMicros) {
        return new PackedCharge(
                key(charge.key()), charge.quota().fold(new PackedQuota(charge.holder(), nodeMicros)), charge.cost(), 0);
    }

    /** The same charge, to be given back. */
    PackedCharge at(long admittedMicros) {
        return new PackedCharge(key, quota, cost, admittedMicros);
    }

    /**
     * {@code hg:{xx}:digest}. The tag is the first byte of the subject's digest, so that all limits of a subject, and
     * one 256th of all subjects, share a slot of a Redis Cluster. Behind it stand the other 15 bytes, mixed with the limit:
     * 28 characters, which is what Redis has room for in 32 bytes.
     */
    static String key(LimitKey key) {
        long first = key.subject().hi() ^ mix(key.limit());
        long second = key.subject().lo() ^ mix(key.limit() + GOLDEN_RATIO);
        byte[] digest = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(first)
                .putLong(second)
                .array();
        return prefix(tag(key)) + KEY_TEXT.encodeToString(Arrays.copyOfRange(digest, 1, digest.length));
    }

    /**
     * Spreads a limit's number over all bits, so that the masks of two limits have nothing to do with each other (Steele,
     * Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
     */
    private static long mix(long limit) {
        long bits = (limit ^ (limit >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        return bits ^ (bits >>> 31);
    }

    /** Which of {@link #TAGS} a key carries. */
    static int tag(LimitKey key) {
        return (int) (key.subject().hi() >>> 56);
    }

    /** What all keys of a tag begin with. */
    static String prefix(int tag) {
        return "hg:{" + text(tag) + "}:";
    }

    /** The slot of a Redis Cluster that the keys of a tag are in: of what stands in braces. */
    static int slot(int tag) {
        return CRC16.crc16(text(tag).getBytes(StandardCharsets.US_ASCII)) % SLOTS;
    }

    private static String text(int tag) {
        return Integer.toHexString(0x100 | tag).substring(1);
    }
}
