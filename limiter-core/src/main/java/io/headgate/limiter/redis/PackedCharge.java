package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
     * one 256th of all subjects, share a slot of a Redis Cluster.
     */
    static String key(LimitKey key) {
        byte[] digest = ByteBuffer.allocate(24)
                .putLong(key.limit())
                .putLong(key.subject().hi())
                .putLong(key.subject().lo())
                .array();
        return prefix(tag(key)) + KEY_TEXT.encodeToString(digest);
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
