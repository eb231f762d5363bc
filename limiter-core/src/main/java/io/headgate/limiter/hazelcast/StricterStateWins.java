package io.headgate.limiter.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.headgate.limiter.algorithm.CalendarState;
import io.headgate.limiter.algorithm.CarryOver;
import io.headgate.limiter.algorithm.LeakyBucketState;
import io.headgate.limiter.algorithm.LeasesState;
import io.headgate.limiter.algorithm.PenaltyState;
import io.headgate.limiter.algorithm.SlidingWindowState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What a subject has consumed when two halves of a cluster find each other again: per limit, no less than what the
 * stricter half remembers.
 *
 * <ul>
 *   <li>Of two token buckets the one that takes longer to fill stays: at one rate that is the one that owes more.
 *   <li>Of two sliding windows each slice keeps the larger count, so that the outcome is at no moment freer than either.
 *       For exact logs, whose slices are single admissions, this is everything both halves admitted.
 *   <li>Of two budgets the one that ends later stays, and of two that end together the one of which the larger share is
 *       used.
 *   <li>Of two queues the one that empties later stays. Turns that the other half gave out meanwhile may fall together with
 *       its own: until then each half has kept the rate for itself.
 *   <li>A block of either half stays, until the later end; under it the stricter count.
 *   <li>Every holder of a slot in either half keeps it, until the later end of its lease. That may be more holders than
 *       slots; then nobody else gets one before enough of them have left.
 *   <li>A limit that only one half has counted stays as it is.
 * </ul>
 *
 * Hazelcast gives the outcome the time to live of the smaller half's entry. A subject that no later charge renews may so
 * be forgotten early, by as long as the halves were apart.
 */
final class StricterStateWins implements SplitBrainMergePolicy<byte[], MergingValue<byte[]>, byte[]> {

    @Override
    public byte[] merge(MergingValue<byte[]> merging, @Nullable MergingValue<byte[]> existing) {
        byte[] theirs = merging.getDeserializedValue();
        if (existing == null) {
            return theirs;
        }
        byte[] ours = existing.getDeserializedValue();
        try {
            return merged(SubjectState.of(ours), SubjectState.of(theirs)).toBytes();
        } catch (HazelcastSerializationException e) {
            // Of another release, in the middle of an upgrade. An exception would keep its whole batch from merging.
            return ours;
        }
    }

    static SubjectState merged(SubjectState one, SubjectState other) {
        Map<Long, Counter> counters = new TreeMap<>();
        one.counters().forEach(counter -> counters.put(counter.limit(), counter));
        other.counters().forEach(counter -> counters.merge(counter.limit(), counter, StricterStateWins::stricter));
        return new SubjectState(new ArrayList<>(counters.values()));
    }

    private static Counter stricter(Counter one, Counter other) {
        if (one.state() instanceof PenaltyState || other.state() instanceof PenaltyState) {
            Counter counted = stricter(withoutBlock(one), withoutBlock(other));
            long until = Math.max(blockedUntil(one), blockedUntil(other));
            long idleAt = Math.max(one.idleAtMicros(), other.idleAtMicros());
            return new Counter(one.limit(), new PenaltyState(counted.state(), until), idleAt);
        }
        if (one.state() instanceof LeakyBucketState queue && other.state() instanceof LeakyBucketState same) {
            return queue.emptyAtMicros() >= same.emptyAtMicros() ? one : other;
        }
        if (one.state() instanceof SlidingWindowState window && other.state() instanceof SlidingWindowState same) {
            long idleAt = Math.max(one.idleAtMicros(), other.idleAtMicros());
            return new Counter(one.limit(), envelope(window, same), idleAt);
        }
        if (one.state() instanceof LeasesState leases && other.state() instanceof LeasesState same) {
            long idleAt = Math.max(one.idleAtMicros(), other.idleAtMicros());
            return new Counter(one.limit(), union(leases, same), idleAt);
        }
        if (one.state() instanceof CalendarState budget
                && other.state() instanceof CalendarState same
                && budget.endMicros() == same.endMicros()) {
            long theirs = CarryOver.carried(same.used(), same.limit(), budget.limit());
            return budget.used() >= theirs ? one : other;
        }
        return one.idleAtMicros() >= other.idleAtMicros() ? one : other;
    }

    private static Counter withoutBlock(Counter counter) {
        return counter.state() instanceof PenaltyState block
                ? new Counter(counter.limit(), block.counted(), counter.idleAtMicros())
                : counter;
    }

    private static long blockedUntil(Counter counter) {
        return counter.state() instanceof PenaltyState block ? block.untilMicros() : Long.MIN_VALUE;
    }

    private static LeasesState union(LeasesState one, LeasesState other) {
        Map<Long, Long> endByHolder = new TreeMap<>();
        for (long[] pairs : List.of(one.toPairs(), other.toPairs())) {
            for (int i = 0; i < pairs.length; i += 2) {
                endByHolder.merge(pairs[i], pairs[i + 1], Math::max);
            }
        }
        return LeasesState.of(endByHolder.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .flatMapToLong(lease -> LongStream.of(lease.getKey(), lease.getValue()))
                .toArray());
    }

    private static SlidingWindowState envelope(SlidingWindowState one, SlidingWindowState other) {
        Map<Long, Long> tokensByEnd = new TreeMap<>();
        for (long[] pairs : List.of(one.toPairs(), other.under(one.limit()).toPairs())) {
            for (int i = 0; i < pairs.length; i += 2) {
                tokensByEnd.merge(pairs[i], pairs[i + 1], Math::max);
            }
        }
        return SlidingWindowState.of(tokensByEnd.entrySet().stream()
                        .flatMapToLong(slice -> LongStream.of(slice.getKey(), slice.getValue()))
                        .toArray())
                .under(one.limit());
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // Nothing to say: the policy has no settings.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // Nothing was said.
    }
}
