package io.headgate.limiter.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateTest {

    @Test
    void a_rate_that_fits_is_exact_and_in_lowest_terms() {
        assertThat(Rate.of(60, 60_000_000)).isEqualTo(new Rate(1, 1_000_000));
        assertThat(Rate.of(2_000, 3_600_000_000L)).isEqualTo(new Rate(1, 1_800_000));
        assertThat(Rate.of(7, 1_000_000)).isEqualTo(new Rate(7, 1_000_000));
        assertThat(Rate.of(5L << 30, 86_400_000_000L)).isEqualTo(new Rate(131_072, 2_109_375));
    }

    @Test
    void a_rate_that_does_not_fit_is_never_faster_and_slower_by_less_than_a_millionth() {
        Random random = new Random(7);
        int rounded = 0;
        for (int i = 0; i < 20_000; i++) {
            long refill = 1 + (random.nextLong() >>> (19 + random.nextInt(44)));
            long micros = 1 + random.nextLong(366L * 86_400_000_000L);
            Rate rate = Rate.of(refill, micros);

            assertThat(rate.tokens()).isPositive();
            assertThat(rate.micros()).isPositive();
            assertThat(BigInteger.valueOf(rate.tokens())
                            .multiply(BigInteger.valueOf(rate.micros()))
                            .bitLength())
                    .as("%d per %d", refill, micros)
                    .isLessThanOrEqualTo(53);
            BigInteger asked = BigInteger.valueOf(refill).multiply(BigInteger.valueOf(rate.micros()));
            BigInteger given = BigInteger.valueOf(rate.tokens()).multiply(BigInteger.valueOf(micros));
            BigInteger shortfall = asked.subtract(given);
            assertThat(shortfall.signum()).as("%d per %d", refill, micros).isNotNegative();
            assertThat(shortfall.multiply(BigInteger.valueOf(1_000_000)))
                    .as("%d per %d", refill, micros)
                    .isLessThan(asked);
            rounded += shortfall.signum();
        }
        assertThat(rounded).as("rates that had to be rounded").isPositive();
    }
}
