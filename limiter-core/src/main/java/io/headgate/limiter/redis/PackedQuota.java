package io.headgate.limiter.redis;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.algorithm.CalendarPeriods;
import io.headgate.limiter.algorithm.LeakyBucketAlgorithm;
import io.headgate.limiter.algorithm.Rate;
import io.headgate.limiter.algorithm.SlidingWindowAlgorithm;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A quota as the script reads it: a byte for its kind, then what {@code limits.lua} lists for that kind, and a block behind
 * what it blocks.
 *
 * @param holder who holds a slot or wants to, {@code null} if it is only looked at
 * @param nodeMicros about now
 */
record PackedQuota(@Nullable Holder holder, long nodeMicros) implements Quota.Cases<ByteBuffer> {

    private static final byte TOKEN_BUCKET = 1;
    private static final byte SLIDING_WINDOW = 2;
    private static final byte CALENDAR = 3;
    private static final byte CONCURRENCY = 4;
    private static final byte CONCURRENCY_UNHELD = 5;
    private static final byte LEAKY_BUCKET = 6;
    private static final byte BLOCKED = (byte) 0x80;

    @Override
    public ByteBuffer of(TokenBucket bucket) {
        Rate rate = Rate.of(bucket.refill(), Quota.micros("period", bucket.period()));
        return packed(TOKEN_BUCKET, rate.tokens(), rate.micros(), bucket.burst());
    }

    @Override
    public ByteBuffer of(SlidingWindow window) {
        return packed(
                SLIDING_WINDOW,
                window.limit(),
                Quota.micros("window", window.window()),
                SlidingWindowAlgorithm.sliceMicros(window));
    }

    @Override
    public ByteBuffer of(CalendarQuota quota) {
        CalendarPeriods periods = CalendarPeriods.around(quota, nodeMicros);
        return packed(
                CALENDAR,
                quota.limit(),
                quota.unit().number(),
                CalendarPeriods.longestMicros(quota.unit()),
                periods.previous(),
                periods.start(),
                periods.next(),
                periods.afterNext());
    }

    @Override
    public ByteBuffer of(LeakyBucket bucket) {
        Rate rate = Rate.of(bucket.rate(), Quota.micros("period", bucket.period()));
        return packed(
                LEAKY_BUCKET,
                rate.tokens(),
                rate.micros(),
                Quota.micros("longestDelay", bucket.longestDelay()),
                LeakyBucketAlgorithm.longestQueueMicros(bucket));
    }

    @Override
    public ByteBuffer of(Concurrency concurrency) {
        long lease = Quota.micros("lease", concurrency.lease());
        if (holder == null) {
            return packed(CONCURRENCY_UNHELD, concurrency.slots(), lease, 0);
        }
        ByteBuffer packed = packed(CONCURRENCY, concurrency.slots(), lease, 0);
        // As it is: 64 bits do not fit a number of the script, which only has to tell holders apart.
        return packed.putLong(packed.limit() - Long.BYTES, holder.id());
    }

    @Override
    public ByteBuffer of(Penalty penalty) {
        ByteBuffer counted = penalty.quota().fold(this);
        ByteBuffer packed = ByteBuffer.allocate(counted.limit() + Double.BYTES)
                .put(counted)
                .putDouble((double) Quota.micros("block", penalty.block()));
        return packed.put(0, (byte) (packed.get(0) | BLOCKED)).flip();
    }

    private static ByteBuffer packed(byte kind, long... numbers) {
        ByteBuffer packed =
                ByteBuffer.allocate(1 + numbers.length * Double.BYTES).put(kind);
        for (long number : numbers) {
            packed.putDouble((double) number);
        }
        return packed.flip();
    }
}
