package io.headgate.limiter.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DenyCacheTest {

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final TokenBucket ONE_A_SECOND = new TokenBucket(1, Duration.ofSeconds(1), 10);
    private static final SlidingWindow TEN_AN_HOUR = new SlidingWindow(10, Duration.ofHours(1));

    private long now = 1_000 * SECOND;
    private final CountingStore store = new CountingStore(new LocalLimitStore(() -> now, AlgorithmCounter::new));
    private final DenyCacheLimitStore cached = cache(store);

    /** What a refusal from memory says, and what the store is no longer asked. */
    @Nested
    class Memory {

        @Test
        void a_refusal_is_given_again_without_the_store_and_its_wait_counts_down() {
            Charge charge = charge("alice", ONE_A_SECOND, 1);
            exhaust(charge);
            assertThat(acquire(cached, charge)).isEqualTo(refused(new Usage(0, SECOND, SECOND)));
            long asked = store.acquires();

            now += 400 * MILLI;

            assertThat(acquire(cached, charge)).isEqualTo(refused(new Usage(0, 600 * MILLI, 600 * MILLI)));
            assertThat(store.acquires()).isEqualTo(asked);
            assertThat(cached.hits()).isEqualTo(1);
        }

        @Test
        void the_store_is_asked_again_as_soon_as_it_could_admit() {
            Charge charge = charge("alice", ONE_A_SECOND, 1);
            exhaust(charge);
            acquire(cached, charge);

            now += SECOND;

            assertThat(acquire(cached, charge)).isInstanceOf(Decision.Allowed.class);
        }

        @Test
        void one_limit_that_is_known_to_refuse_refuses_the_call_and_nothing_is_said_of_the_others() {
            Charge everyone = charge("everyone", ONE_A_SECOND, 1);
            exhaust(everyone);
            acquire(cached, everyone);
            long asked = store.acquires();

            Decision.Denied denied = (Decision.Denied)
                    acquire(cached, charge("bob", TEN_AN_HOUR, 1), everyone, charge("carol", TEN_AN_HOUR, 1));

            assertThat(denied)
                    .isEqualTo(new Decision.Denied(
                            List.of(new Usage(0, SECOND, SECOND)), List.of(1), Decision.Source.STORE));
            assertThat(denied.usage(0)).isEmpty();
            assertThat(denied.usage(1)).contains(new Usage(0, SECOND, SECOND));
            assertThat(denied.retryAfterMicros()).isEqualTo(SECOND);
            assertThat(store.acquires()).isEqualTo(asked);
        }

        @Test
        void every_limit_that_refused_is_remembered_and_no_other() {
            Charge bucket = charge("alice", ONE_A_SECOND, 1);
            Charge window = charge("bob", TEN_AN_HOUR, 1);
            Charge idle = charge("carol", TEN_AN_HOUR, 1);
            exhaust(bucket);
            exhaust(window);
            acquire(cached, idle, bucket, window);

            Decision.Denied denied = (Decision.Denied) acquire(cached, idle, bucket, window);

            assertThat(denied.positions()).containsExactly(1, 2);
            assertThat(denied.retryAfterMicros()).isEqualTo(3_600 * SECOND);
            assertThat(acquire(cached, idle)).isInstanceOf(Decision.Allowed.class);
        }

        @Test
        void each_cost_has_a_refusal_of_its_own() {
            Charge one = charge("alice", ONE_A_SECOND, 1);
            Charge five = charge("alice", ONE_A_SECOND, 5);
            acquire(cached, charge("alice", ONE_A_SECOND, 8));

            assertThat(acquire(cached, five)).isEqualTo(refused(new Usage(2, SECOND, 3 * SECOND)));
            assertThat(acquire(cached, one)).isInstanceOf(Decision.Allowed.class);
            assertThat(acquire(cached, one)).isInstanceOf(Decision.Allowed.class);
            assertThat(acquire(cached, one)).isEqualTo(refused(new Usage(0, SECOND, SECOND)));
            assertThat(acquire(cached, five)).isEqualTo(refused(new Usage(0, SECOND, 5 * SECOND)));
            long asked = store.acquires();

            now += 900 * MILLI;
            assertThat(acquire(cached, one)).isEqualTo(refused(new Usage(0, 100 * MILLI, 100 * MILLI)));
            assertThat(acquire(cached, five)).isEqualTo(refused(new Usage(0, 100 * MILLI, 4_100 * MILLI)));
            assertThat(store.acquires()).isEqualTo(asked);
        }

        @Test
        void a_long_wait_is_told_in_full_but_trusted_for_five_seconds() {
            Charge charge = charge("alice", TEN_AN_HOUR, 1);
            exhaust(charge);
            acquire(cached, charge);
            long asked = store.acquires();

            now += 5 * SECOND - 1;
            assertThat(((Decision.Denied) acquire(cached, charge)).retryAfterMicros())
                    .isEqualTo(3_595 * SECOND + 1);
            assertThat(store.acquires()).isEqualTo(asked);

            now += 1;
            assertThat(((Decision.Denied) acquire(cached, charge)).retryAfterMicros())
                    .isEqualTo(3_595 * SECOND);
            assertThat(store.acquires()).isEqualTo(asked + 1);
        }
    }

    /** Whatever may open room makes the cache ask. */
    @Nested
    class Forgetting {

        @Test
        void a_refund_drops_the_refusal() {
            Charge charge = charge("alice", TEN_AN_HOUR, 5);
            acquire(cached, charge);
            Decision.Allowed admission = (Decision.Allowed) acquire(cached, charge);
            acquire(cached, charge);
            now += 1;

            get(cached.refund(List.of(charge), admission));

            now += 1;
            assertThat(acquire(cached, charge)).isInstanceOf(Decision.Allowed.class);
        }

        @Test
        void a_settlement_and_a_reset_drop_it() {
            Charge charge = charge("alice", TEN_AN_HOUR, 5);
            acquire(cached, charge);
            Reservation reservation = Reservation.of(List.of(charge), (Decision.Allowed) acquire(cached, charge));
            acquire(cached, charge);
            now += 1;
            get(cached.settle(reservation, List.of(0L)));
            now += 1;
            assertThat(acquire(cached, charge)).isInstanceOf(Decision.Allowed.class);

            acquire(cached, charge);
            now += 1;
            get(cached.reset(List.of(charge.key())));
            now += 1;
            assertThat(acquire(cached, charge)).isInstanceOf(Decision.Allowed.class);
        }

        @Test
        void a_refund_by_another_node_is_noticed_within_five_seconds() {
            Charge charge = charge("alice", TEN_AN_HOUR, 5);
            acquire(cached, charge);
            Decision.Allowed admission = (Decision.Allowed) acquire(cached, charge);
            acquire(cached, charge);

            get(cache(store).refund(List.of(charge), admission));

            assertThat(acquire(cached, charge)).isInstanceOf(Decision.Denied.class);
            now += 5 * SECOND;
            assertThat(acquire(cached, charge)).isInstanceOf(Decision.Allowed.class);
        }

        @Test
        void an_admission_of_a_cheaper_call_drops_it_since_the_wait_has_grown() {
            Charge three = charge("alice", ONE_A_SECOND, 3);
            acquire(cached, charge("alice", ONE_A_SECOND, 8));
            assertThat(acquire(cached, three)).isEqualTo(refused(new Usage(2, SECOND, SECOND)));

            acquire(cached, charge("alice", ONE_A_SECOND, 2));

            assertThat(acquire(cached, three)).isEqualTo(refused(new Usage(0, SECOND, 3 * SECOND)));
        }

        @Test
        void a_changed_quota_drops_it() {
            acquire(cached, charge("alice", TEN_AN_HOUR, 9));
            assertThat(acquire(cached, charge("alice", TEN_AN_HOUR, 2))).isInstanceOf(Decision.Denied.class);

            Charge raised = charge("alice", new SlidingWindow(20, Duration.ofHours(1)), 2);
            assertThat(acquire(cached, raised)).isInstanceOf(Decision.Allowed.class);
            assertThat(acquire(cached, raised)).isInstanceOf(Decision.Denied.class);
        }
    }

    /** Answers that take their time. */
    @Nested
    class InFlight {

        private final ScriptedStore slow = new ScriptedStore();
        private final DenyCacheLimitStore cached = cache(slow);
        private final Charge charge = charge("alice", TEN_AN_HOUR, 1);

        @Test
        void a_refusal_ends_by_when_it_was_asked_for_and_its_wait_by_when_it_was_answered() {
            CompletionStage<Decision> answer = cached.acquire(List.of(charge));
            now += 3 * MILLI;
            slow.asked.get(0).complete(refused(new Usage(0, 10 * MILLI, 10 * MILLI)));
            assertThat(get(answer)).isEqualTo(refused(new Usage(0, 10 * MILLI, 10 * MILLI)));

            now += 7 * MILLI - 2;
            assertThat(get(cached.acquire(List.of(charge))))
                    .isEqualTo(refused(new Usage(0, 3 * MILLI + 2, 3 * MILLI + 2)));
            assertThat(slow.asked).hasSize(1);

            now += 1;
            var unused = cached.acquire(List.of(charge));
            assertThat(slow.asked).hasSize(2);
        }

        @Test
        void a_refusal_whose_answer_came_after_its_wait_is_not_remembered() {
            CompletionStage<Decision> answer = cached.acquire(List.of(charge));
            now += 10 * MILLI;
            slow.asked.get(0).complete(refused(new Usage(0, 10 * MILLI, 10 * MILLI)));
            get(answer);

            var unused = cached.acquire(List.of(charge));
            assertThat(slow.asked).hasSize(2);
        }

        @Test
        void a_refusal_asked_for_before_a_refund_was_done_is_not_remembered_after_it() {
            CompletionStage<Decision> answer = cached.acquire(List.of(charge));
            now += 1;
            get(cached.refund(List.of(charge), ScriptedStore.allowed()));
            now += 1;
            slow.asked.get(0).complete(refused(new Usage(0, SECOND, SECOND)));
            get(answer);

            var unused = cached.acquire(List.of(charge));
            assertThat(slow.asked).hasSize(2);
        }

        @Test
        void what_a_node_decided_alone_is_not_remembered() {
            var unused = cached.acquire(List.of(charge));
            slow.asked
                    .get(0)
                    .complete(new Decision.Denied(List.of(new Usage(0, SECOND, SECOND)), Decision.Source.LOCAL));

            unused = cached.acquire(List.of(charge));
            assertThat(slow.asked).hasSize(2);
        }

        @Test
        void a_call_without_an_answer_is_refused_if_another_one_was_meanwhile() {
            CompletionStage<Decision> unanswered = cached.acquire(List.of(charge));
            CompletionStage<Decision> refused = cached.acquire(List.of(charge));
            slow.asked.get(1).complete(refused(new Usage(0, SECOND, SECOND)));
            slow.asked.get(0).completeExceptionally(new StoreUnavailable("silent"));

            assertThat(get(unanswered)).isEqualTo(get(refused));
        }

        @Test
        void no_answer_is_passed_on_and_not_remembered() {
            slow.failFromNowOn();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> get(cached.acquire(List.of(charge)))).isInstanceOf(StoreUnavailable.class);
            }
            assertThat(slow.asked).hasSize(3);
        }
    }

    @Test
    void a_call_that_makes_no_sense_is_refused_as_such_even_if_a_limit_of_it_is_known_to_refuse() {
        Charge charge = charge("alice", TEN_AN_HOUR, 1);
        exhaust(charge);
        acquire(cached, charge);
        assertThatThrownBy(() -> acquire(cached, charge, charge)).hasMessage("charges: two for one key, at 0 and 1");
    }

    private DenyCacheLimitStore cache(LimitStore behind) {
        return new DenyCacheLimitStore(behind, 1_024, () -> now * 1_000);
    }

    private void exhaust(Charge charge) {
        acquire(cached, new Charge(charge.key(), charge.quota(), charge.quota().capacity(), charge.onStoreFailure()));
    }

    private static Decision.Denied refused(Usage usage) {
        return new Decision.Denied(List.of(usage), Decision.Source.STORE);
    }

    private static Charge charge(String subject, Quota quota, long cost) {
        return new Charge(LimitKey.of("deny", Subject.of("user", subject)), quota, cost, OnStoreFailure.LOCAL);
    }

    private static Decision acquire(LimitStore store, Charge... charges) {
        return get(store.acquire(List.of(charges)));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return GuardsTest.get(stage);
    }
}
