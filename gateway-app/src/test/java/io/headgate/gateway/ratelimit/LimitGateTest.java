package io.headgate.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.gateway.telemetry.DecisionMeters;
import io.headgate.gateway.telemetry.SlotMeters;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.Usage;
import io.headgate.limiter.guard.BreakerLimitStore;
import io.headgate.limiter.guard.Share;
import io.headgate.limiter.local.LocalNotes;
import io.headgate.limiter.local.LocalReminders;
import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PlannedLimit.Mode;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.match.Rollout;
import io.headgate.policy.match.TokenUnit;
import io.headgate.policy.net.IpAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LimitGateTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LimitGate gate =
            new LimitGate(LimitStores.local(), new DecisionMeters(registry), new SlotMeters(registry));
    private final RequestSlots slots = gate.slots();

    @Test
    void allLimitsOrNone() {
        PlannedLimit wide = limit("wide", 10, Mode.ENFORCE);
        PlannedLimit narrow = limit("narrow", 1, Mode.ENFORCE);
        assertThat(judge(wide, narrow)).isInstanceOf(Verdict.Admitted.class);
        assertThat(judge(wide, narrow)).isInstanceOf(Verdict.Refused.class);
        assertThat(remaining(wide)).isEqualTo(9);
        assertThat(decisions("wide", "allowed")).isEqualTo(1);
        assertThat(decisions("narrow", "allowed")).isEqualTo(1);
        assertThat(decisions("narrow", "denied")).isEqualTo(1);
        assertThat(decisions("wide", "denied")).isZero();
    }

    @Test
    void aLimitOnTrialRefusesNothingAndSaysWhatItWouldHave() {
        PlannedLimit trial = limit("trial", 1, Mode.SHADOW);
        PlannedLimit real = limit("real", 10, Mode.ENFORCE);
        assertThat(judge(real, trial)).isInstanceOf(Verdict.Admitted.class);
        assertThat(judge(real, trial)).isInstanceOf(Verdict.Admitted.class);
        assertThat(decisions("trial", "shadow_denied")).isEqualTo(1);
        assertThat(remaining(real)).isEqualTo(8);
    }

    @Test
    void aLimitOnTrialThatIsUsedUpLeavesTheOthersCounting() {
        PlannedLimit narrow = limit("narrow", 1, Mode.SHADOW);
        PlannedLimit wide = limit("wide", 10, Mode.SHADOW);
        judge(narrow, wide);
        judge(narrow, wide);
        assertThat(remaining(wide)).isEqualTo(8);
        assertThat(decisions("narrow", "shadow_denied")).isEqualTo(1);
    }

    @Test
    void anExemptCallerIsCountedAndPasses() {
        PlannedLimit limit = limit("api", 1, Mode.EXEMPT);
        PlannedLimit never = limit("never", new Allowance.Never(), Mode.EXEMPT);
        assertThat(judge(limit, never)).isInstanceOf(Verdict.Admitted.class);
        assertThat(remaining(limit)).isZero();
        assertThat(judge(limit, never)).isInstanceOf(Verdict.Admitted.class);
        assertThat(decisions("api", "allowed")).isEqualTo(1);
        assertThat(decisions("api", "exempt")).isEqualTo(1);
        assertThat(decisions("never", "exempt")).isEqualTo(2);
    }

    @Test
    void aLimitOnTrialIsNotChargedForWhatOthersRefuse() {
        PlannedLimit trial = limit("trial", 10, Mode.SHADOW);
        PlannedLimit real = limit("real", 1, Mode.ENFORCE);
        judge(real, trial);
        judge(real, trial);
        assertThat(remaining(trial)).isEqualTo(9);
    }

    @Test
    void nothingIsChargedForWhatThePlanExcludes() {
        PlannedLimit counted = limit("counted", 10, Mode.ENFORCE);
        PlannedLimit never = limit("never", new Allowance.Never());
        assertThat(judge(counted, never)).isEqualTo(new Verdict.Excluded(never));
        assertThat(remaining(counted)).isEqualTo(10);
    }

    @Test
    void anUnlimitedPlanAsksNoStore() {
        LimitGate broken = new LimitGate(
                new Silent(new StoreUnavailable("gone")), new DecisionMeters(registry), new SlotMeters(registry));
        Verdict verdict = broken.judge("pro", List.of(limit("api", new Allowance.Unlimited())), slots)
                .toCompletableFuture()
                .join();
        assertThat(verdict).isEqualTo(new Verdict.Admitted(List.of(), Optional.empty()));
    }

    @Test
    void noAnswerIsNeitherYesNorNo() {
        LimitGate broken = new LimitGate(
                new Silent(new StoreUnavailable("gone")), new DecisionMeters(registry), new SlotMeters(registry));
        PlannedLimit limit = limit("api", 10, Mode.ENFORCE);
        assertThat(broken.judge("free", List.of(limit), slots)
                        .toCompletableFuture()
                        .join())
                .isEqualTo(new Verdict.Undecided());
        assertThat(broken.look(List.of(limit)).toCompletableFuture().join()).isEmpty();
        assertThat(decisions("api", "undecided")).isEqualTo(1);
    }

    @Test
    void aBugInAStoreStaysLoud() {
        LimitGate broken = new LimitGate(
                new Silent(new IllegalStateException("a bug")), new DecisionMeters(registry), new SlotMeters(registry));
        assertThatThrownBy(() -> broken.judge("free", List.of(limit("api", 10, Mode.ENFORCE)), slots)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("a bug");
    }

    @Test
    void whatWasTakenCanBeGivenBack() {
        PlannedLimit limit = limit("api", 10, Mode.ENFORCE);
        Verdict.Admitted admitted = (Verdict.Admitted) judge(limit);
        assertThat(remaining(limit)).isEqualTo(9);
        gate.refund(admitted);
        assertThat(remaining(limit)).isEqualTo(10);
    }

    @Test
    void aRequestHoldsItsSlotUntilItEnds() {
        PlannedLimit one = slot("one", Mode.ENFORCE);
        assertThat(judge(one)).isInstanceOf(Verdict.Admitted.class);
        assertThat(judgeBeside(one)).isInstanceOf(Verdict.Refused.class);
        assertThat(remaining(one)).isZero();
        slots.end();
        assertThat(remaining(one)).isEqualTo(1);
    }

    @Test
    void aSlotOnTrialIsHeldAndGivenBackToo() {
        PlannedLimit trial = slot("trial", Mode.SHADOW);
        judge(trial);
        judgeBeside(trial);
        assertThat(decisions("trial", "shadow_denied")).isEqualTo(1);
        slots.end();
        assertThat(remaining(trial)).isEqualTo(1);
    }

    @Test
    void aSlotThatComesAfterTheRequestHasEndedIsGivenBackAtOnce() {
        PlannedLimit one = slot("one", Mode.ENFORCE);
        slots.end();
        assertThat(judge(one)).isInstanceOf(Verdict.Admitted.class);
        assertThat(remaining(one)).isEqualTo(1);
    }

    @Test
    void aRolloutHearsOfEveryDecisionOnItsLimits() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-06-01T00:00:00Z"));
        PolicySet policy = ((LoadResult.Loaded) new PolicyLoader(now::get).parse("policy.yaml", """
            apiVersion: limits/v1
            kind: Policy
            identity: { plan: { default: free }, anonymous: { plan: free } }
            limits: { api: { per: ip, type: window } }
            plans: { free: { api: 1k/h } }
            routes: { all: { match: /**, limits: [api] } }
            rollouts:
              - { name: tighter, set: { free: { api: 50/h } }, mode: shadow, percent: 100, stop-if: denied > 40% for 1min }
            """)).policy();
        RequestFacts facts =
                new RequestFacts("GET", "/", IpAddress.parse("192.0.2.7").orElseThrow(), Caller.ANONYMOUS);
        for (int i = 0; i < 100; i++) {
            judge(policy.match(facts).limits().toArray(PlannedLimit[]::new));
        }
        now.set(Instant.parse("2026-06-01T00:01:00Z"));
        judge(policy.match(facts).limits().toArray(PlannedLimit[]::new));
        assertThat(decisions("api@tighter", "shadow_denied")).isEqualTo(51);
        assertThat(decisions("api", "denied")).isZero();
        assertThat(policy.rollouts()).allMatch(Rollout::stopped);
        assertThat(policy.match(facts).limits()).hasSize(1);
    }

    /** Another request, at the same time. */
    @Test
    void aHotLimitThatThePolicyLeasesIsChargedInAdvance() {
        PolicySet policy = ((LoadResult.Loaded) new PolicyLoader().parse("policy.yaml", """
            apiVersion: limits/v1
            kind: Policy
            limits:
              whole: { per: everyone, window: 10M/h, exactness: leased }
              each:  { per: everyone, window: 10M/h }
            routes:
              all: { match: /**, limits: [whole, each] }
            """)).policy();
        SharedStore store = new SharedStore(
                "memory",
                "here",
                LimitStores.local(),
                guard -> {
                    BreakerLimitStore guarded = guard.apply(LimitStores.local());
                    return new SharedStore.Guarded(guarded, () -> List.of(guarded));
                },
                new LocalNotes(System::nanoTime),
                new LocalReminders(System::nanoTime),
                () -> Share.WHOLE,
                1,
                Runnable::run,
                () -> {});
        try (LimitStores stores = new LimitStores(store, policy::isLeased, () -> Duration.ofSeconds(1), registry)) {
            askUntilSparedOrAMinuteHasPassed(stores, "whole");
            double leased = leased();
            for (int i = 0; i < 1_000; i++) {
                stores.top().acquire(List.of(once("each")));
            }
            assertThat(leased).isPositive();
            assertThat(leased()).isEqualTo(leased);
        }
    }

    private void askUntilSparedOrAMinuteHasPassed(LimitStores stores, String limit) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (leased() == 0 && System.nanoTime() < end) {
            stores.top().acquire(List.of(once(limit)));
        }
    }

    private static Charge once(String limit) {
        return new Charge(
                LimitKey.of(limit, Subject.EVERYONE),
                new SlidingWindow(10_000_000, Duration.ofHours(1)),
                1,
                OnStoreFailure.CLOSED);
    }

    private double leased() {
        return registry.get("ratelimit.store.leased").functionCounter().count();
    }

    private Verdict judgeBeside(PlannedLimit... limits) {
        return gate.judge("free", List.of(limits), gate.slots())
                .toCompletableFuture()
                .join();
    }

    private Verdict judge(PlannedLimit... limits) {
        return gate.judge("free", List.of(limits), slots).toCompletableFuture().join();
    }

    private long remaining(PlannedLimit limit) {
        return gate.look(List.of(limit))
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .get(0)
                .usage()
                .remaining();
    }

    private double decisions(String limit, String outcome) {
        Counter counter = registry.find("ratelimit.decisions")
                .tags("limit", limit, "outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private static PlannedLimit slot(String name, Mode mode) {
        Charge charge = new Charge(
                LimitKey.of(name, Subject.of("user", "ada")),
                new Concurrency(1, Duration.ofHours(1)),
                1,
                OnStoreFailure.CLOSED);
        return limit(name, new Allowance.Metered(charge), mode);
    }

    private static PlannedLimit limit(String name, long count, Mode mode) {
        Charge charge = new Charge(
                LimitKey.of(name, Subject.of("user", "ada")),
                new SlidingWindow(count, Duration.ofHours(1)),
                1,
                OnStoreFailure.CLOSED);
        return limit(name, new Allowance.Metered(charge), mode);
    }

    private static PlannedLimit limit(String name, Allowance allowance) {
        return limit(name, allowance, Mode.ENFORCE);
    }

    private static PlannedLimit limit(String name, Allowance allowance, Mode mode) {
        return new PlannedLimit(name, TokenUnit.REQUESTS, Stage.AFTER_AUTH, mode, allowance, 429, true, "some", null);
    }

    /** A store that fails every call. */
    private record Silent(RuntimeException failure) implements LimitStore {
        @Override
        public CompletionStage<Decision> acquire(List<Charge> charges) {
            return CompletableFuture.failedFuture(failure);
        }

        @Override
        public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
            return CompletableFuture.failedFuture(failure);
        }

        @Override
        public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
            return CompletableFuture.failedFuture(failure);
        }

        @Override
        public CompletionStage<Void> reset(List<LimitKey> keys) {
            return CompletableFuture.failedFuture(failure);
        }

        @Override
        public CompletionStage<List<Usage>> peek(List<Charge> charges) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
