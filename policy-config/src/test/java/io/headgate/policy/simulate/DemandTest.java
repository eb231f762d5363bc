package io.headgate.policy.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.local.AlgorithmCounter;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class DemandTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Charge charge(Quota quota, long cost) {
        return new Charge(LimitKey.of("api", Subject.EVERYONE), quota, cost, OnStoreFailure.OPEN);
    }

    private static DemandGroup group(Quota quota) {
        return new DemandGroup("api", "free", quota);
    }

    /** Traffic in bursts and pauses, always the same for the same seed. */
    private record Traffic(long seed) {

        void to(BiConsumer<Long, Long> consumer) {
            Random random = new Random(seed);
            LongSupplier pause = () -> random.nextInt(10) == 0 ? random.nextInt(90_000_000) : random.nextInt(300_000);
            long now = 1_795_275_120_123_456L;
            for (int i = 0; i < 2_000; i++) {
                consumer.accept(now, 1L + random.nextInt(3));
                now += pause.getAsLong();
            }
        }
    }

    private static DemandMeter meter(Traffic traffic, TokenBucket rate) {
        DemandMeter meter = new DemandMeter(group(rate));
        traffic.to(meter::ask);
        return meter;
    }

    private static long refusals(Traffic traffic, Quota quota) {
        AlgorithmCounter counter = new AlgorithmCounter(quota);
        long[] refused = new long[1];
        traffic.to((now, cost) -> {
            Charge charge = charge(quota, cost);
            if (counter.usage(now, charge).waitMicros() == 0) {
                counter.charge(now, charge);
            } else {
                refused[0]++;
            }
        });
        return refused[0];
    }

    @RepeatedTest(20)
    void whatIsMeasuredIsEnoughForAllOfIt(RepetitionInfo repetition) {
        Traffic traffic = new Traffic(repetition.getCurrentRepetition());
        TokenBucket rate = new TokenBucket(60, MINUTE, 60);
        DemandMeter meter = meter(traffic, rate);

        assertThat(refusals(traffic, new TokenBucket(60, MINUTE, meter.lead()))).isZero();
        assertThat(refusals(traffic, new TokenBucket(60, MINUTE, meter.lead() - 1)))
                .isPositive();
        assertThat(refusals(traffic, new TokenBucket(meter.peak(), MINUTE, meter.peak())))
                .isZero();
        assertThat(refusals(traffic, new SlidingWindow(meter.peak(), MINUTE))).isZero();
        assertThat(refusals(traffic, new SlidingWindow(meter.peak() * 3 / 4, MINUTE)))
                .isPositive();
    }

    @Test
    void aSuggestionIsWrittenAsInAPolicy() {
        TokenBucket rate = new TokenBucket(6_000, MINUTE, 6_000);
        DemandMeter meter = new DemandMeter(group(rate));
        for (int i = 0; i < 123; i++) {
            meter.ask(1, 1);
        }
        SlidingWindow quarter = new SlidingWindow(10, Duration.ofMinutes(15));
        DemandMeter window = new DemandMeter(group(quarter));
        window.ask(1, 7);

        assertThat(Demand.of(group(rate), List.of(meter)).amount()).isEqualTo("6000/min");
        assertThat(Demand.of(group(rate), List.of(meter)).suggestion()).isEqualTo("6000/min burst 130");
        assertThat(Demand.of(group(quarter), List.of(window)).amount()).isEqualTo("10/15min");
        assertThat(Demand.of(group(quarter), List.of(window)).suggestion()).isEqualTo("7/15min");
    }
}
