package io.headgate.policy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.HeaderFields;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private static final IpAddress IP = IpAddress.parse("192.0.2.1").orElseThrow();
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualClock clock = new VirtualClock(START);

    private static PolicyRules policy(String sections) {
        return ((LoadResult.Loaded)
                        new PolicyLoader().parse("policy.yaml", "apiVersion: limits/v1\nkind: Policy\n" + sections))
                .policy()
                .rules();
    }

    private static RequestFacts get(String path, String query, String user) {
        return new RequestFacts("GET", "", path, query, HeaderFields.NONE, IP, new Caller(user, null, null));
    }

    private void pass(Duration time) {
        clock.advanceTo(clock.micros() + micros(time));
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }

    @RepeatedTest(5)
    void everyDecisionIsThatOfTheStoreInProcess(RepetitionInfo repetition) {
        PolicyRules rules = policy("""
                limits:
                  bucket: { per: user, rate: 20/s burst 5 }
                  window: { per: user, window: 30/5s }
                  log:    { per: [user, route], window: 100/30s }
                  block:  { per: user, window: 40/5s, then: block 2s }
                  all:    { per: everyone, rate: 100/s burst 30 }
                routes:
                  one: { match: /one, limits: [bucket, window, all] }
                  two: { match: /two, limits: [all, log, block], cost: 2 }
                """);
        PolicySet policy = PolicySet.of(rules, clock);
        Replay replay = new Replay(policy, clock);
        LocalLimitStore store = new LocalLimitStore(clock::micros, AlgorithmCounter::new);
        Random random = new Random(repetition.getCurrentRepetition());
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            pass(Duration.ofMillis(random.nextInt(40)));
            RequestFacts facts = get(random.nextBoolean() ? "/one" : "/two", "", "user-" + random.nextInt(5));
            List<Charge> charges = policy.match(facts).limits().stream()
                    .map(limit -> ((Allowance.Metered) limit.allowance()).charge())
                    .toList();
            Decision decision = store.acquire(charges).toCompletableFuture().join();

            Judgement judged = replay.judge(facts);

            assertThat(judged.standings().stream().map(Standing::usage)).isEqualTo(decision.usages());
            assertThat(judged.verdict() == Verdict.ALLOWED).isEqualTo(decision instanceof Decision.Allowed);
            refused += decision instanceof Decision.Denied ? 1 : 0;
        }
        assertThat(refused).isBetween(100, 2_900);
    }

    @Test
    void aSlotIsHeldForAsLongAsTheRequestTakesAndItsLeaseIsRenewed() {
        Replay replay = new Replay(policy("""
                limits: { jobs: { per: user, concurrent: 2, lease: 10s } }
                routes: { all: { match: /**, limits: [jobs] } }
                """), clock);
        RequestFacts job = get("/job", "", "ann");

        assertThat(replay.judge(job, micros(Duration.ofMinutes(5))).verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(replay.judge(job, micros(SECOND)).verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(replay.judge(job, micros(SECOND)).verdict()).isEqualTo(Verdict.REFUSED);
        pass(SECOND);
        assertThat(replay.judge(job).verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(replay.judge(job).standings().get(0).usage().remaining()).isZero();
        pass(Duration.ofMinutes(4));
        assertThat(replay.judge(job, micros(SECOND)).verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(replay.judge(job).verdict()).isEqualTo(Verdict.REFUSED);
        pass(Duration.ofMinutes(1));
        assertThat(replay.judge(job).standings().get(0).usage().remaining()).isEqualTo(1);
    }

    @Test
    void aSessionHoldsOneSlotUntilItsLeaseIsOver() {
        Replay replay = new Replay(policy("""
                limits: { streams: { per: user, concurrent: 1, lease: 10s } }
                routes: { play: { match: /play, limits: [streams], session: query.sid } }
                """), clock);

        assertThat(replay.judge(get("/play", "sid=a", "ann")).verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(replay.judge(get("/play", "sid=a", "ann")).verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(replay.judge(get("/play", "sid=b", "ann")).verdict()).isEqualTo(Verdict.REFUSED);
        pass(Duration.ofSeconds(10));
        assertThat(replay.judge(get("/play", "sid=b", "ann")).verdict()).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void accountsAreBoundedAndIdleOnesGoFirst() {
        Quota quota = new TokenBucket(1, Duration.ofMinutes(1), 1);
        Ledger ledger = new Ledger(1_000);
        LimitKey busy = LimitKey.of("api", Subject.of("user", "busy"));
        for (int i = 0; i < 5_000; i++) {
            ledger.of(LimitKey.of("api", Subject.of("user", "idle-" + i)), quota, clock.micros());
            if (i == 500) {
                Charge charge = new Charge(busy, quota, 1, OnStoreFailure.OPEN);
                ledger.of(busy, quota, clock.micros()).take(clock.micros(), charge);
            }
            assertThat(ledger.size()).isLessThanOrEqualTo(1_000);
        }
        Account kept = ledger.of(busy, quota, clock.micros());
        assertThat(kept.isIdle(clock.micros())).isFalse();
        assertThat(ledger.of(busy, quota, clock.micros())).isSameAs(kept);
    }
}
