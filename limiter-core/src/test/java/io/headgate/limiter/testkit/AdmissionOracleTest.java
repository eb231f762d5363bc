package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.algorithm.Algorithm;
import io.headgate.limiter.algorithm.LimitState;
import io.headgate.limiter.testkit.NodeLog.Call;
import io.headgate.limiter.testkit.NodeLog.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionOracleTest {

    private static final long SECOND = 1_000_000;
    private static final SlidingWindow TWO_A_SECOND = new SlidingWindow(2, Duration.ofSeconds(1));
    private static final TokenBucket ONE_A_SECOND = new TokenBucket(1, Duration.ofSeconds(1), 2);

    private final AdmissionOracle oracle = new AdmissionOracle();
    private final NodeLog node = oracle.node();

    @Test
    void three_admissions_that_surely_fell_into_one_window_of_two_are_an_excess() {
        for (long sent : List.of(0L, 400_000L, 999_000L)) {
            node.saw(call(TWO_A_SECOND, 1, sent, sent + 999, Verdict.ADMITTED));
        }
        assertThatThrownBy(oracle::checkAdmissions)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("admitted 3 tokens in 999999 microseconds");
    }

    @Test
    void three_admissions_of_which_one_may_have_fallen_outside_are_none() {
        for (long sent : List.of(0L, 400_000L, 999_001L)) {
            node.saw(call(TWO_A_SECOND, 1, sent, sent + 999, Verdict.ADMITTED));
        }
        assertThatCode(oracle::checkAdmissions).doesNotThrowAnyException();
    }

    @Test
    void answers_that_took_longer_than_the_window_are_held_against_several_windows() {
        for (int i = 0; i < 5; i++) {
            node.saw(call(TWO_A_SECOND, 1, 0, 3 * SECOND / 2, Verdict.ADMITTED));
        }
        assertThatThrownBy(oracle::checkAdmissions).hasMessageContaining("admitted 5 tokens");
    }

    @Test
    void a_bucket_may_admit_its_burst_and_what_it_regains_and_not_a_token_more() {
        node.saw(call(ONE_A_SECOND, 2, 0, 10, Verdict.ADMITTED));
        node.saw(call(ONE_A_SECOND, 1, SECOND - 20, SECOND, Verdict.ADMITTED));
        assertThatCode(oracle::checkAdmissions).doesNotThrowAnyException();

        node.saw(call(ONE_A_SECOND, 1, SECOND, 2 * SECOND - 1, Verdict.ADMITTED));
        assertThatThrownBy(oracle::checkAdmissions).hasMessageContaining("admitted 4 tokens in 1999999");
    }

    @Test
    void what_was_given_back_refused_or_never_answered_is_not_held_against_the_limit() {
        for (Verdict verdict : Verdict.values()) {
            node.saw(call(TWO_A_SECOND, 2, 0, 10, verdict));
        }
        assertThatCode(oracle::checkAdmissions).doesNotThrowAnyException();
    }

    @Test
    void an_excess_of_one_node_is_found_whatever_is_known_of_its_clock() {
        NodeLog far = oracle.node(ClockOffset.UNKNOWN);
        NodeLog farther = oracle.node(ClockOffset.UNKNOWN);
        farther.saw(call(TWO_A_SECOND, 2, 7, 9, Verdict.ADMITTED));
        far.saw(call(TWO_A_SECOND, 2, 7, 9, Verdict.ADMITTED));
        assertThatCode(oracle::checkAdmissions).doesNotThrowAnyException();

        far.saw(call(TWO_A_SECOND, 1, 500_000, 500_010, Verdict.ADMITTED));
        assertThatThrownBy(oracle::checkAdmissions).hasMessageContaining("admitted 3 tokens in 500003");
    }

    @Test
    void an_excess_of_two_nodes_is_found_if_it_does_not_fit_into_what_is_unknown_of_their_clocks() {
        long ahead = 86_400 * SECOND;
        NodeLog other = oracle.node(ClockOffset.of(100, ahead + 150, 200).and(ClockOffset.of(900, ahead + 980, 1_000)));
        node.saw(call(TWO_A_SECOND, 2, 0, 10, Verdict.ADMITTED));
        other.saw(call(TWO_A_SECOND, 1, ahead + SECOND - 200, ahead + SECOND - 50, Verdict.ADMITTED));
        assertThatCode(oracle::checkAdmissions).doesNotThrowAnyException();

        other.saw(call(TWO_A_SECOND, 1, ahead + SECOND - 200, ahead + SECOND - 53, Verdict.ADMITTED));
        assertThatThrownBy(oracle::checkAdmissions).hasMessageContaining("admitted 3 tokens in 999998");
    }

    @Test
    void a_refusal_that_no_limit_of_its_call_can_have_given_is_found() {
        node.saw(call(ONE_A_SECOND, 2, 0, 10, Verdict.ADMITTED));
        node.saw(call(ONE_A_SECOND, 1, SECOND - 1, SECOND + 5, Verdict.REFUSED));
        assertThatCode(oracle::checkRefusals).doesNotThrowAnyException();

        node.saw(call(ONE_A_SECOND, 1, SECOND + 10, SECOND + 15, Verdict.REFUSED));
        assertThatThrownBy(oracle::checkRefusals).hasMessageContaining("refused what must have fitted");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_correct_limiter_is_never_accused_and_one_that_admits_more_or_less_is(long seed) {
        for (Quota quota : List.of(TWO_A_SECOND, ONE_A_SECOND, new SlidingWindow(100, Duration.ofSeconds(20)))) {
            AdmissionOracle fair = scheduled(new Random(seed), quota, quota);
            fair.checkAdmissions();
            fair.checkRefusals();

            AdmissionOracle generous = scheduled(new Random(seed), quota, halfMore(quota));
            assertThatThrownBy(generous::checkAdmissions).isInstanceOf(AssertionError.class);

            AdmissionOracle mean = scheduled(new Random(seed), halfMore(quota), quota);
            assertThatThrownBy(mean::checkRefusals).isInstanceOf(AssertionError.class);
        }
    }

    /** Three nodes with clocks of their own, whose calls are decided at moments that nobody sees. */
    private static AdmissionOracle scheduled(Random random, Quota promised, Quota enforced) {
        AdmissionOracle oracle = new AdmissionOracle();
        long[] ahead = {0, 5 * SECOND, -1_000 * SECOND};
        NodeLog[] nodes = new NodeLog[ahead.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = oracle.node(ClockOffset.of(100 - random.nextInt(10), 100 + ahead[i], 100 + random.nextInt(10)));
        }
        Algorithm algorithm = Algorithm.of(enforced, null);
        LimitState state = null;
        long now = 1_000 * SECOND;
        for (int i = 0; i < 1_000; i++) {
            now += random.nextInt(8) == 0 ? random.nextInt(1_000_000) : random.nextInt(1_000);
            LimitState advanced = algorithm.advance(state, now);
            boolean fits = algorithm.usage(advanced, now, 1).waitMicros() == 0;
            if (fits) {
                state = algorithm.charge(advanced, now, 1).state();
            }
            int by = random.nextInt(nodes.length);
            long sent = now + ahead[by] - random.nextInt(300);
            long received = now + ahead[by] + 1 + random.nextInt(300);
            nodes[by].saw(call(promised, 1, sent, received, fits ? Verdict.ADMITTED : Verdict.REFUSED));
        }
        return oracle;
    }

    private static Quota halfMore(Quota quota) {
        return quota instanceof SlidingWindow window
                ? new SlidingWindow(window.limit() * 3 / 2, window.window())
                : new TokenBucket(1, Duration.ofSeconds(1), 3);
    }

    @Test
    void a_clock_offset_is_an_interval() {
        assertThat(ClockOffset.of(100, 40, 120)).isEqualTo(new ClockOffset(59, 81));
        assertThatThrownBy(() -> new ClockOffset(1, 0)).hasMessage("offset: 1 to 0 (expected: rising)");
    }

    private static Call call(Quota quota, long cost, long sent, long received, Verdict verdict) {
        Charge charge = new Charge(LimitKey.of("oracle", Subject.EVERYONE), quota, cost, OnStoreFailure.CLOSED);
        return new Call(List.of(charge), sent, received, verdict);
    }
}
