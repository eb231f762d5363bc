package io.headgate.policy.simulate;

import io.headgate.limiter.Quota;
import io.headgate.policy.match.IdentityRules;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.match.Target;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.replay.Judgement;
import io.headgate.policy.replay.Replay;
import io.headgate.policy.replay.Standing;
import io.headgate.policy.replay.Verdict;
import io.headgate.policy.replay.VirtualClock;
import io.headgate.policy.traffic.AccessRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Replays recorded traffic and compares what becomes of it: under a policy with what the log says became of it, or under a
 * candidate with what becomes of it under the policy. Memory grows with the number of subjects, up to a bound, and not
 * with that of requests. Not thread-safe.
 */
public final class Simulation {

    /** Most subjects that are told apart. */
    private static final int MOST_SUBJECTS = 500_000;
    /** Most accounts whose demand is measured. */
    private static final int MOST_MEASURED = 500_000;

    private static final int WORST = 20;
    private static final int BATCH = 2_048;
    /** What clocks of different gateways may differ by without anybody calling a log unsorted. */
    private static final long TOLERATED_MICROS = 1_000_000;

    private final @Nullable Side before;
    private final Side after;
    private final List<AccessRecord> waiting = new ArrayList<>(BATCH);
    /** What is being judged, batch after batch. */
    private CompletableFuture<List<Judgement>> judged = CompletableFuture.completedFuture(List.of());
    /** What has been judged, on its way into the numbers below. */
    private CompletableFuture<Void> compared = CompletableFuture.completedFuture(null);

    private final Map<String, Map<String, LimitTally>> limits = new HashMap<>();
    private final Map<Object, SubjectTally> subjects = new HashMap<>();
    private final Map<Group, DemandGroup> groups = new HashMap<>();
    /** By the number of their account. */
    private @Nullable DemandMeter[] meters = new DemandMeter[1_024];

    private long requests;
    private long refusedBefore;
    private long refusedAfter;
    private long newlyRefused;
    private long untold;
    private long withVerdict;
    private long agreeing;
    private long outOfOrder;
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros;

    private record Group(String limit, String plan, Quota quota) {}

    /** A policy, and the gateway that enforces it. */
    private static final class Side {

        private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
        private final PolicySet policy;
        private final Replay gateway;

        Side(PolicyRules rules, UnaryOperator<Target> known) {
            policy = PolicySet.of(rules, clock, known);
            gateway = new Replay(policy, clock);
        }

        List<Judgement> judge(List<AccessRecord> records) {
            List<Judgement> judged = new ArrayList<>(records.size());
            for (AccessRecord record : records) {
                clock.advanceTo(record.atMicros());
                RequestFacts facts = record.facts();
                judged.add(
                        record.authenticated()
                                ? gateway.judgeKnowing(facts, record.verdict() != Verdict.FORBIDDEN, record.paid())
                                : gateway.judgeUnauthenticated(facts));
            }
            return judged;
        }
    }

    /**
     * @param policy the policy that is asked about
     * @param baseline what it is compared with; {@code null} for what the log says
     * @param known whom the log shows instead of somebody that a policy names
     */
    public Simulation(PolicyRules policy, @Nullable PolicyRules baseline, UnaryOperator<Target> known) {
        this.after = new Side(policy, known);
        this.before = baseline == null ? null : new Side(baseline, known);
    }

    /** Replays a request. */
    public void accept(AccessRecord record) {
        waiting.add(record);
        if (waiting.size() == BATCH) {
            replayWaiting();
        }
    }

    /** While this thread reads on, another one judges what has been read, and a third compares what has been judged. */
    private void replayWaiting() {
        List<AccessRecord> records = List.copyOf(waiting);
        waiting.clear();
        CompletableFuture<Void> batchBefore = compared;
        judged = judged.thenApplyAsync(earlier -> after.judge(records));
        compared = batchBefore.thenAcceptBothAsync(judged, (earlier, now) -> compare(records, now));
        batchBefore.join();
    }

    private void compare(List<AccessRecord> records, List<Judgement> now) {
        List<Judgement> then = before == null ? List.of() : before.judge(records);
        for (int i = 0; i < records.size(); i++) {
            compare(records.get(i), then.isEmpty() ? null : then.get(i), now.get(i));
        }
    }

    private void compare(AccessRecord record, @Nullable Judgement then, Judgement now) {
        requests++;
        firstMicros = Math.min(firstMicros, record.atMicros());
        outOfOrder += record.atMicros() < lastMicros - TOLERATED_MICROS ? 1 : 0;
        lastMicros = Math.max(lastMicros, record.atMicros());
        boolean refusedNow = now.verdict() == Verdict.REFUSED;
        boolean wasRefused;
        if (then == null) {
            wasRefused = record.verdict() == Verdict.REFUSED;
            record.by().forEach(limit -> tally(limit, now.plan()).refusedBefore());
            compareWithLog(record, now);
        } else {
            wasRefused = then.verdict() == Verdict.REFUSED;
            then.refusing().forEach(limit -> tally(limit.name(), then.plan()).refusedBefore());
            compareWithLog(record, then);
        }
        refusedBefore += wasRefused ? 1 : 0;
        refusedAfter += refusedNow ? 1 : 0;
        newlyRefused += refusedNow && !wasRefused ? 1 : 0;
        count(now);
        SubjectTally subject = subject(record);
        if (subject == null) {
            untold++;
        } else {
            subject.judged(now.plan(), wasRefused, refusedNow);
        }
        measure(now, record.atMicros());
    }

    private void compareWithLog(AccessRecord record, Judgement judged) {
        if (record.verdict() != null) {
            withVerdict++;
            agreeing += record.verdict() == judged.verdict() ? 1 : 0;
        }
    }

    private void count(Judgement judged) {
        for (Standing standing : judged.standings()) {
            tally(standing.limit().name(), judged.plan()).judged();
        }
        for (PlannedLimit limit : judged.refusing()) {
            LimitTally tally = tally(limit.name(), judged.plan());
            tally.refusedAfter();
            if (judged.standings().isEmpty()) {
                tally.judged();
            }
        }
        judged.onTrial().forEach(limit -> tally(limit.name(), judged.plan()).wouldRefuse());
    }

    private LimitTally tally(String limit, String plan) {
        return limits.computeIfAbsent(limit, any -> new HashMap<>()).computeIfAbsent(plan, any -> new LimitTally());
    }

    private @Nullable SubjectTally subject(AccessRecord record) {
        Object key = record.caller().user();
        if (key == null) {
            IpAddress ip = record.ip();
            IdentityRules identity = after.policy.identity();
            key = ip.network(ip.isIpv4() ? identity.groupIpv4() : identity.groupIpv6());
        }
        SubjectTally known = subjects.get(key);
        if (known == null && subjects.size() < MOST_SUBJECTS) {
            known = new SubjectTally(key);
            subjects.put(key, known);
        }
        return known;
    }

    private void measure(Judgement judged, long atMicros) {
        for (Standing standing : judged.standings()) {
            if (standing.account() < MOST_MEASURED) {
                DemandMeter meter = meter(standing, judged.plan());
                if (meter != null) {
                    meter.ask(atMicros, standing.charge().cost());
                }
            }
        }
    }

    /** The meter of the account; another one once its amount has changed. */
    private @Nullable DemandMeter meter(Standing standing, String plan) {
        int account = standing.account();
        Quota quota = standing.charge().quota();
        if (account >= meters.length) {
            meters = Arrays.copyOf(meters, Math.max(account + 1, 2 * meters.length));
        }
        DemandMeter meter = meters[account];
        if (meter != null && meter.group().quota().equals(quota)) {
            return meter;
        }
        if (DemandGroup.period(quota).isEmpty()) {
            return null;
        }
        Group group = new Group(standing.limit().name(), plan, quota);
        DemandMeter fresh = new DemandMeter(
                groups.computeIfAbsent(group, any -> new DemandGroup(group.limit(), group.plan(), group.quota())));
        meters[account] = fresh;
        return fresh;
    }

    /** What has become of the requests so far. */
    public SimulationResult result() {
        replayWaiting();
        compared.join();
        Map<DemandGroup, List<DemandMeter>> measured = new HashMap<>();
        Stream.of(meters)
                .filter(Objects::nonNull)
                .forEach(meter -> measured.computeIfAbsent(meter.group(), any -> new ArrayList<>())
                        .add(meter));
        List<Demand> demands = new ArrayList<>();
        measured.forEach((group, all) -> demands.add(Demand.of(group, all)));
        demands.sort(Comparator.comparing(Demand::limit)
                .thenComparing(Demand::plan)
                .thenComparing(demand -> -demand.subjects()));
        List<SubjectTally> worst = subjects.values().stream()
                .filter(subject -> subject.more() > 0)
                .sorted(Comparator.comparingLong((SubjectTally subject) -> -subject.more())
                        .thenComparing(SubjectTally::name))
                .limit(WORST)
                .toList();
        long hit = subjects.values().stream()
                .filter(subject -> subject.refusedBefore() == 0 && subject.refusedAfter() > 0)
                .count();
        return new SimulationResult(
                requests,
                Math.min(firstMicros, lastMicros),
                lastMicros,
                refusedBefore,
                refusedAfter,
                newlyRefused,
                subjects.size(),
                hit,
                untold,
                withVerdict,
                agreeing,
                outOfOrder,
                limits,
                worst,
                demands);
    }
}
