package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.algorithm.Rate;
import io.headgate.limiter.algorithm.SlidingWindowAlgorithm;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * One charge as the script reads it.
 *
 * @param key the Redis key
 * @param kind 1 for a token bucket, 2 for a sliding window
 * @param cost tokens
 * @param a first number of the quota
 * @param b second number
 * @param c third number
 * @param atMicros moment of the admission to give back, 0 if it is none
 */
record PackedCharge(String key, byte kind, long cost, long a, long b, long c, long atMicros) {

    static final int BYTES = 1 + 5 * Double.BYTES;

    private static final Base64.Encoder KEY_TEXT = Base64.getUrlEncoder().withoutPadding();

    static PackedCharge of(Charge charge, long atMicros) {
        String key = key(charge.key());
        Quota quota = charge.quota();
        if (quota instanceof TokenBucket bucket) {
            Rate rate = Rate.of(bucket.refill(), Quota.micros("period", bucket.period()));
            return new PackedCharge(
                    key, (byte) 1, charge.cost(), rate.tokens(), rate.micros(), bucket.burst(), atMicros);
        }
        if (!(quota instanceof SlidingWindow window)) {
            throw new IllegalArgumentException("quota: " + quota + " (expected: a token bucket or a sliding window)");
        }
        return new PackedCharge(
                key,
                (byte) 2,
                charge.cost(),
                window.limit(),
                Quota.micros("window", window.window()),
                SlidingWindowAlgorithm.sliceMicros(window),
                atMicros);
    }

    /** The same charge, to be given back. */
    PackedCharge at(long admittedMicros) {
        return new PackedCharge(key, kind, cost, a, b, c, admittedMicros);
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
        String tag =
                Integer.toHexString(0x100 | (int) (key.subject().hi() >>> 56)).substring(1);
        return "hg:{" + tag + "}:" + KEY_TEXT.encodeToString(digest);
    }

    void encode(ByteBuffer out) {
        out.put(kind)
                .putDouble((double) cost)
                .putDouble((double) a)
                .putDouble((double) b)
                .putDouble((double) c)
                .putDouble((double) atMicros);
    }
}
