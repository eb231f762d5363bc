package io.headgate.limiter.hazelcast;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** A quota on its way to another member: a byte for its kind, then its components in the order of the record. */
final class PackedQuota implements Quota.Cases<Packer> {

    private static final int TOKEN_BUCKET = 1;
    private static final int SLIDING_WINDOW = 2;
    private static final int CALENDAR = 3;
    private static final int CONCURRENCY = 4;
    private static final int LEAKY_BUCKET = 5;
    private static final int PENALTY = 6;

    private static final CalendarQuota.Unit[] UNITS = CalendarQuota.Unit.values();

    private final Packer packer;

    private PackedQuota(Packer packer) {
        this.packer = packer;
    }

    static void pack(Quota quota, Packer packer) {
        quota.fold(new PackedQuota(packer));
    }

    @Override
    public Packer of(TokenBucket bucket) {
        return packer.putByte(TOKEN_BUCKET)
                .putVarLong(bucket.refill())
                .putVarLong(Quota.micros("period", bucket.period()))
                .putVarLong(bucket.burst());
    }

    @Override
    public Packer of(SlidingWindow window) {
        return packer.putByte(SLIDING_WINDOW)
                .putVarLong(window.limit())
                .putVarLong(Quota.micros("window", window.window()));
    }

    @Override
    public Packer of(CalendarQuota quota) {
        return packer.putByte(CALENDAR)
                .putVarLong(quota.limit())
                .putByte(quota.unit().number())
                .putText(quota.zone().getId());
    }

    @Override
    public Packer of(LeakyBucket bucket) {
        return packer.putByte(LEAKY_BUCKET)
                .putVarLong(bucket.rate())
                .putVarLong(Quota.micros("period", bucket.period()))
                .putVarLong(Quota.micros("longestDelay", bucket.longestDelay()));
    }

    @Override
    public Packer of(Concurrency concurrency) {
        return packer.putByte(CONCURRENCY)
                .putVarLong(concurrency.slots())
                .putVarLong(Quota.micros("lease", concurrency.lease()));
    }

    @Override
    public Packer of(Penalty penalty) {
        packer.putByte(PENALTY).putVarLong(Quota.micros("block", penalty.block()));
        return penalty.quota().fold(this);
    }

    static Quota unpack(Unpacker unpacker) {
        int kind = unpacker.getByte();
        return switch (kind) {
            case TOKEN_BUCKET -> new TokenBucket(unpacker.getVarLong(), duration(unpacker), unpacker.getVarLong());
            case SLIDING_WINDOW -> new SlidingWindow(unpacker.getVarLong(), duration(unpacker));
            case CALENDAR -> new CalendarQuota(unpacker.getVarLong(), unit(unpacker), zone(unpacker));
            case CONCURRENCY -> new Concurrency(unpacker.getVarLong(), duration(unpacker));
            case LEAKY_BUCKET -> new LeakyBucket(unpacker.getVarLong(), duration(unpacker), duration(unpacker));
            case PENALTY -> penalty(duration(unpacker), unpack(unpacker));
            default -> throw unpacker.unexpected("a quota of kind " + kind);
        };
    }

    private static Penalty penalty(Duration block, Quota quota) {
        return new Penalty(quota, block);
    }

    private static Duration duration(Unpacker unpacker) {
        return Duration.of(unpacker.getVarLong(), ChronoUnit.MICROS);
    }

    static CalendarQuota.Unit unit(Unpacker unpacker) {
        int number = unpacker.getByte();
        for (CalendarQuota.Unit unit : UNITS) {
            if (unit.number() == number) {
                return unit;
            }
        }
        throw unpacker.unexpected("a calendar unit of number " + number);
    }

    private static ZoneId zone(Unpacker unpacker) {
        String id = unpacker.getText();
        try {
            return ZoneId.of(id);
        } catch (DateTimeException e) {
            // The other member's Java knows a zone that ours does not.
            throw unpacker.unexpected("the unknown time zone " + id);
        }
    }
}
