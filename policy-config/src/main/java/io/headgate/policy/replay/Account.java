package io.headgate.policy.replay;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import org.jspecify.annotations.Nullable;

/**
 * What one limit has counted of one subject. The key stands here as three numbers, so that finding an account touches no
 * other object.
 */
final class Account {

    final int hash;
    final int number;

    @Nullable
    Account next;

    private final long limit;
    private final long subjectHi;
    private final long subjectLo;
    private final AlgorithmCounter counter;

    Account(LimitKey key, int number, AlgorithmCounter counter, @Nullable Account next) {
        this.hash = hash(key);
        this.limit = key.limit();
        this.subjectHi = key.subject().hi();
        this.subjectLo = key.subject().lo();
        this.number = number;
        this.counter = counter;
        this.next = next;
    }

    /** Digests are as good as random, so a part of them is a hash. */
    static int hash(LimitKey key) {
        return (int) (key.subject().lo() ^ key.limit());
    }

    boolean isOf(LimitKey key) {
        return subjectLo == key.subject().lo()
                && limit == key.limit()
                && subjectHi == key.subject().hi();
    }

    /** What is left, and how long this charge would have to wait. */
    Usage usage(long nowMicros, Charge charge) {
        counter.under(charge.quota(), nowMicros);
        return counter.usage(nowMicros, charge);
    }

    /** Takes a charge that fits; then what is left. */
    Usage take(long nowMicros, Charge charge) {
        counter.charge(nowMicros, charge);
        Usage left = counter.usage(nowMicros, charge.costing(1));
        // Once charged, nothing has to wait any more.
        return new Usage(left.remaining(), left.replenishMicros(), 0);
    }

    /** Takes notice that a request was refused, by this limit or another one; then what is left. */
    Usage refuse(long nowMicros, Charge charge) {
        return counter.refuse(nowMicros, charge);
    }

    /** Gives back the slot that the charge's holder has, however often it was renewed. */
    void release(Charge slot) {
        counter.refund(Long.MAX_VALUE, slot);
    }

    boolean isIdle(long nowMicros) {
        return counter.idleAfterMicros(nowMicros) == 0;
    }
}
