package io.headgate.limiter.hazelcast;

import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.Charged;
import java.util.Arrays;

/**
 * What became of a {@link SubjectCall}. Travels as a plain array, which Hazelcast writes without a serializer of ours:
 * 1 or 0 for admitted, then per limit remaining, replenish, wait (of an admission: its delay) and moment.
 */
final class SubjectReply {

    private static final int PER_LIMIT = 4;

    private final long[] numbers;

    SubjectReply(long[] numbers) {
        this.numbers = numbers;
    }

    static SubjectReply about(int limits, boolean admitted) {
        long[] numbers = new long[1 + PER_LIMIT * limits];
        numbers[0] = admitted ? 1 : 0;
        return new SubjectReply(numbers);
    }

    void set(int i, Usage usage) {
        set(i, usage, usage.waitMicros(), 0);
    }

    /** @param left after the charge, which itself no longer waits for anything */
    void setAdmitted(int i, Usage left, Charged charged) {
        set(i, left, charged.delayMicros(), charged.atMicros());
    }

    private void set(int i, Usage usage, long micros, long atMicros) {
        int first = 1 + PER_LIMIT * i;
        numbers[first] = usage.remaining();
        numbers[first + 1] = usage.replenishMicros();
        numbers[first + 2] = micros;
        numbers[first + 3] = atMicros;
    }

    boolean admitted() {
        return numbers[0] == 1;
    }

    Usage usage(int i) {
        int first = 1 + PER_LIMIT * i;
        return new Usage(numbers[first], numbers[first + 1], admitted() ? 0 : numbers[first + 2]);
    }

    /** How long an admitted call is held back by these limits. */
    long delayMicros() {
        long longest = 0;
        for (int wait = 3; wait < numbers.length; wait += PER_LIMIT) {
            longest = Math.max(longest, numbers[wait]);
        }
        return longest;
    }

    long atMicros(int i) {
        return numbers[1 + PER_LIMIT * i + 3];
    }

    long[] moments() {
        long[] moments = new long[numbers.length / PER_LIMIT];
        Arrays.setAll(moments, this::atMicros);
        return moments;
    }

    long[] toNumbers() {
        return numbers;
    }
}
