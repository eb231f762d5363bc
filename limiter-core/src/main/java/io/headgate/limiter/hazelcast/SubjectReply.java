package io.headgate.limiter.hazelcast;

import io.headgate.limiter.Usage;
import java.util.Arrays;

/**
 * What became of a {@link SubjectCall}. Travels as a plain array, which Hazelcast writes without a serializer of ours:
 * 1 or 0 for admitted, then per limit remaining, replenish, wait and moment.
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

    /** @param atMicros the moment the limit counted the charge at, if it did */
    void set(int i, Usage usage, long atMicros) {
        int first = 1 + PER_LIMIT * i;
        numbers[first] = usage.remaining();
        numbers[first + 1] = usage.replenishMicros();
        numbers[first + 2] = usage.waitMicros();
        numbers[first + 3] = atMicros;
    }

    boolean admitted() {
        return numbers[0] == 1;
    }

    Usage usage(int i) {
        int first = 1 + PER_LIMIT * i;
        return new Usage(numbers[first], numbers[first + 1], numbers[first + 2]);
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
