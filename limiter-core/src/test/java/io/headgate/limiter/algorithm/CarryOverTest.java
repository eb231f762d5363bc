package io.headgate.limiter.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Quota;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CarryOverTest {

    @Test
    void what_was_used_of_one_limit_is_the_same_share_of_another_rounded_up() {
        assertThat(CarryOver.carried(8, 10, 100)).isEqualTo(80);
        assertThat(CarryOver.carried(8, 10, 5)).isEqualTo(4);
        assertThat(CarryOver.carried(1, 1_000, 10)).isEqualTo(1);
        assertThat(CarryOver.carried(0, 1_000, 10)).isZero();
        assertThat(CarryOver.carried(10, 10, 3)).isEqualTo(3);
    }

    @Test
    void what_was_counted_under_a_limit_that_nobody_knows_stays() {
        assertThat(CarryOver.carried(8, 0, 100)).isEqualTo(8);
        assertThat(CarryOver.carried(8, 100, 0)).isEqualTo(8);
    }

    @Test
    void it_is_exact_up_to_the_largest_counts() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            long from = count(random);
            long to = count(random);
            long used = random.nextInt(8) == 0 ? from : random.nextLong(from + 1);
            BigInteger[] exact = BigInteger.valueOf(used)
                    .multiply(BigInteger.valueOf(to))
                    .divideAndRemainder(BigInteger.valueOf(from));
            assertThat(CarryOver.carried(used, from, to))
                    .as("%d of %d under %d", used, from, to)
                    .isEqualTo(exact[0].longValueExact() + exact[1].signum());
        }
    }

    @Test
    void a_limit_that_goes_back_and_forth_refills_nothing() {
        Random random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            long from = count(random);
            long to = count(random);
            long used = random.nextLong(from + 1);
            assertThat(CarryOver.carried(CarryOver.carried(used, from, to), to, from))
                    .isGreaterThanOrEqualTo(used);
        }
    }

    private static long count(Random random) {
        return 1 + (random.nextLong(Quota.MAX_COUNT) >> random.nextInt(52));
    }
}
