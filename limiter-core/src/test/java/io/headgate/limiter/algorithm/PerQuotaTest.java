package io.headgate.limiter.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PerQuotaTest {

    private final AtomicInteger workedOut = new AtomicInteger();
    private final PerQuota<TokenBucket, Long> bursts = new PerQuota<>(quota -> {
        workedOut.incrementAndGet();
        return quota.burst();
    });

    private static TokenBucket bucket(long burst) {
        return new TokenBucket(1, Duration.ofSeconds(1), burst);
    }

    @Test
    void what_follows_from_equal_quotas_is_worked_out_once() {
        assertThat(bursts.of(bucket(5))).isEqualTo(5);
        assertThat(bursts.of(bucket(5))).isEqualTo(5);
        assertThat(workedOut).hasValue(1);
    }

    @Test
    void more_quotas_than_there_are_places_each_get_their_own() {
        for (int round = 0; round < 2; round++) {
            for (long burst = 1; burst <= 10_000; burst++) {
                assertThat(bursts.of(bucket(burst))).isEqualTo(burst);
            }
        }
    }
}
