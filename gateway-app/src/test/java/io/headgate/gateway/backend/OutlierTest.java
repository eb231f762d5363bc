package io.headgate.gateway.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutlierTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final Outlier outlier = new Outlier(nanos::get);

    @Test
    void failuresInARowEject() {
        fail(Outlier.FAILURES - 1);
        assertThat(outlier.ejected()).isFalse();
        assertThat(outlier.failed()).isEqualTo(Outlier.FIRST_EJECTION);
        assertThat(outlier.ejected()).isTrue();
    }

    @Test
    void aSuccessInBetweenForgetsThem() {
        fail(Outlier.FAILURES - 1);
        assertThat(outlier.succeeded()).isFalse();
        fail(Outlier.FAILURES - 1);
        assertThat(outlier.ejected()).isFalse();
    }

    @Test
    void itComesBackAfterAWhileAndForTwiceAsLongIfItIsNoBetter() {
        fail(Outlier.FAILURES);
        pass(Outlier.FIRST_EJECTION);
        assertThat(outlier.ejected()).isFalse();
        assertThat(outlier.failed()).isEqualTo(Outlier.FIRST_EJECTION.multipliedBy(2));
        assertThat(outlier.ejected()).isTrue();
    }

    @Test
    void noEjectionIsLongerThanTheLongest() {
        fail(Outlier.FAILURES);
        for (int i = 0; i < 100; i++) {
            pass(Outlier.LONGEST_EJECTION);
            assertThat(outlier.failed()).isLessThanOrEqualTo(Outlier.LONGEST_EJECTION);
        }
    }

    @Test
    void aSuccessAfterItsReturnMakesItAsGoodAsNew() {
        fail(Outlier.FAILURES);
        pass(Outlier.FIRST_EJECTION);
        assertThat(outlier.succeeded()).isTrue();
        fail(Outlier.FAILURES - 1);
        assertThat(outlier.ejected()).isFalse();
        assertThat(outlier.failed()).isEqualTo(Outlier.FIRST_EJECTION);
    }

    @Test
    void failuresOfCallsThatWereUnderWayDoNotLengthenAnEjection() {
        fail(Outlier.FAILURES);
        assertThat(outlier.failed()).isZero();
        pass(Outlier.FIRST_EJECTION);
        assertThat(outlier.ejected()).isFalse();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            var unused = outlier.failed();
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
