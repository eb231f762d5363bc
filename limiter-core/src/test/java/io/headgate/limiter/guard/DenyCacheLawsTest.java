package io.headgate.limiter.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of the deny cache under any load: the answers stay the store's, the store is spared, memory is bounded. */
class DenyCacheLawsTest {

    private static final int MAX_REFUSALS = 1_024;
    private static final SlidingWindow TEN_AN_HOUR = new SlidingWindow(10, Duration.ofHours(1));

    private long now = 1_000_000_000;
    private final CountingStore store = new CountingStore(new LocalLimitStore(() -> now, AlgorithmCounter::new));
    private final DenyCacheLimitStore cached = cache(store);

    @Test
    void a_flood_on_one_key_costs_one_store_call_per_wait() {
        Charge charge = charge("alice", new TokenBucket(10, Duration.ofSeconds(1), 10), 1);
        int calls = 200_000;
        int refusals = 0;
        for (int i = 0; i < calls; i++) {
            now += 50;
            refusals += acquire(cached, charge) instanceof Decision.Denied ? 1 : 0;
        }
        assertThat(refusals).isGreaterThan(199_000);
        assertThat(store.acquires()).isLessThan(calls * 5 / 1_000);
        assertThat(cached.hits()).isEqualTo(calls - store.acquires());
    }

    @Test
    void a_flood_of_strangers_on_a_limit_that_everyone_shares_costs_no_more() {
        Charge everyone = charge("everyone", new TokenBucket(10, Duration.ofSeconds(1), 10), 1);
        int calls = 100_000;
        for (int i = 0; i < calls; i++) {
            now += 100;
            acquire(cached, charge("stranger " + i, TEN_AN_HOUR, 1), everyone);
        }
        assertThat(store.acquires()).isLessThan(calls * 5 / 1_000);
    }

    @Test
    void a_flood_of_many_subjects_leaves_the_memory_bounded_and_those_who_keep_coming_in_it() {
        DenyCacheLimitStore small = cache(new AlwaysRefusing());
        List<Charge> regulars = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            regulars.add(charge("regular " + i, TEN_AN_HOUR, 1));
        }
        regulars.forEach(regular -> acquire(small, regular));
        long before = small.hits();

        for (int i = 0; i < 100_000; i++) {
            acquire(small, charge("passer-by " + i, TEN_AN_HOUR, 1));
            acquire(small, regulars.get(i % regulars.size()));
        }

        assertThat(small.hits() - before).isGreaterThan(95_000);
        long remembered = 0;
        for (int i = 0; i < 100_000; i++) {
            long hits = small.hits();
            acquire(small, charge("passer-by " + i, TEN_AN_HOUR, 1));
            remembered += small.hits() - hits;
        }
        assertThat(remembered).isLessThanOrEqualTo(MAX_REFUSALS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void on_a_random_schedule_of_one_node_the_cache_changes_no_verdict_and_tells_no_shorter_wait(long seed) {
        Random random = new Random(seed);
        LimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
        List<List<Quota>> quotas = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            quotas.add(List.of(randomQuota(random), randomQuota(random)));
        }
        List<Taken> taken = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            now += random.nextInt(50) == 0 ? random.nextInt(2_000_000) : random.nextInt(300);
            int edition = step / 2_000 % 2;
            List<Charge> call = new ArrayList<>();
            for (int i = 0; i < quotas.size(); i++) {
                if (random.nextInt(3) == 0 || (i == 5 && call.isEmpty())) {
                    Quota quota = quotas.get(i).get(edition);
                    call.add(charge("subject " + i, quota, 1 + random.nextInt((int) Math.min(3, quota.capacity()))));
                }
            }
            Decision expected = get(reference.acquire(call));
            Decision answer = get(cached.acquire(call));
            assertThat(answer).as("step %d", step).hasSameClassAs(expected);
            for (int i = 0; i < call.size(); i++) {
                if (answer.usage(i).isPresent()) {
                    assertThat(answer.usage(i).orElseThrow().waitMicros())
                            .as("step %d, charge %d", step, i)
                            .isEqualTo(expected.usage(i).orElseThrow().waitMicros());
                }
            }
            if (answer instanceof Decision.Allowed here && expected instanceof Decision.Allowed there) {
                taken.add(new Taken(call, here, there));
            }
            if (random.nextInt(30) == 0 && !taken.isEmpty()) {
                Taken back = taken.remove(random.nextInt(taken.size()));
                get(cached.refund(back.charges, back.here));
                get(reference.refund(back.charges, back.there));
            }
        }
        assertThat(cached.hits()).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_block_is_answered_from_memory_with_the_wait_that_the_store_would_tell(long seed) {
        Random random = new Random(seed);
        LimitStore reference = new LocalLimitStore(() -> now, AlgorithmCounter::new);
        Quota penal = new Penalty(new SlidingWindow(5, Duration.ofMillis(100)), Duration.ofMillis(300));
        for (int step = 0; step < 20_000; step++) {
            now += random.nextInt(50) == 0 ? random.nextInt(2_000_000) : random.nextInt(30_000);
            Charge charge = charge("blocked", penal, 1 + random.nextInt(3));

            Decision answer = acquire(cached, charge);

            assertThat(answer).as("step %d", step).hasSameClassAs(acquire(reference, charge));
            assertThat(answer.usages().get(0).waitMicros())
                    .as("step %d", step)
                    .isEqualTo(
                            answer instanceof Decision.Denied
                                    ? get(reference.peek(List.of(charge)))
                                            .get(0)
                                            .waitMicros()
                                    : 0);
        }
        assertThat(cached.hits()).isGreaterThan(1_000);
    }

    private record Taken(List<Charge> charges, Decision.Allowed here, Decision.Allowed there) {}

    private static Quota randomQuota(Random random) {
        Duration time = Duration.ofMillis(1 + random.nextInt(300));
        long count = 1L + random.nextInt(20);
        return random.nextBoolean()
                ? new SlidingWindow(count, time)
                : new TokenBucket(1 + random.nextInt(5), time, count);
    }

    private DenyCacheLimitStore cache(LimitStore behind) {
        return new DenyCacheLimitStore(behind, MAX_REFUSALS, () -> now * 1_000);
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
