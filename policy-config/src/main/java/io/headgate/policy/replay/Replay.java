package io.headgate.policy.replay;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import io.headgate.policy.match.Access;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PlannedLimit.Mode;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One gateway in virtual time: judges requests as the real one does, by the same policy and the same algorithms, at the
 * moment that its clock shows. The store always answers, and nothing is given back. Not thread-safe.
 */
public final class Replay {

    /** Most counters kept at once, of which none is lost as long as fewer are busy at the same time. */
    private static final int MAX_COUNTERS = 500_000;

    private final PolicySet policy;
    private final LimitStore store;

    /** A gateway on which nothing has been counted yet. */
    public Replay(PolicyRules rules, VirtualClock clock) {
        this(PolicySet.of(rules, clock), clock);
    }

    /**
     * A gateway on which nothing has been counted yet.
     *
     * @param policy what it judges by, compiled for the same clock
     */
    public Replay(PolicySet policy, VirtualClock clock) {
        this.policy = policy;
        this.store = new LocalLimitStore(clock::micros, AlgorithmCounter::new, MAX_COUNTERS);
    }

    /** Judges a request now. */
    public Judgement judge(RequestFacts facts) {
        if (policy.block(facts.ip()).isPresent() || policy.block(facts.caller()).isPresent()) {
            return withoutLimits(null, "", Verdict.BLOCKED);
        }
        LimitPlan plan = policy.match(facts);
        if (plan.access() instanceof Access.Granted) {
            return judge(plan.route(), plan.plan(), plan.limits(), Verdict.ALLOWED);
        }
        return guard(
                plan, plan.access() instanceof Access.NeedsCredential ? Verdict.UNAUTHENTICATED : Verdict.FORBIDDEN);
    }

    /**
     * Judges a request now whose caller is known to be what its route requires, or known not to be: logs do not say what
     * credentials grant.
     *
     * @param met which of the two
     */
    public Judgement judgeKnowing(RequestFacts facts, boolean met) {
        if (policy.block(facts.ip()).isPresent() || policy.block(facts.caller()).isPresent()) {
            return withoutLimits(null, "", Verdict.BLOCKED);
        }
        LimitPlan plan = policy.match(facts);
        return met ? judge(plan.route(), plan.plan(), plan.limits(), Verdict.ALLOWED) : guard(plan, Verdict.FORBIDDEN);
    }

    /**
     * Judges a request now whose credential is not accepted: it is held against the limits before authentication, and
     * where the policy limits nothing, against those that count its address anywhere.
     *
     * @param facts the request, of which nobody knows the caller
     */
    public Judgement judgeUnauthenticated(RequestFacts facts) {
        if (policy.block(facts.ip()).isPresent()) {
            return withoutLimits(null, "", Verdict.BLOCKED);
        }
        LimitPlan here = policy.match(facts);
        LimitPlan plan = here.route() == null ? policy.limitsOf(Caller.ANONYMOUS, facts.ip()) : here;
        return guard(plan, Verdict.UNAUTHENTICATED);
    }

    private Judgement guard(LimitPlan plan, Verdict ifItFits) {
        List<PlannedLimit> guards = plan.limits().stream()
                .filter(limit -> limit.stage() == Stage.BEFORE_AUTH)
                .toList();
        return judge(plan.route(), plan.plan(), guards, ifItFits);
    }

    private static Judgement withoutLimits(@Nullable String route, String plan, Verdict verdict) {
        return new Judgement(route, plan, verdict, List.of(), List.of(), List.of());
    }

    private Judgement judge(@Nullable String route, String plan, List<PlannedLimit> limits, Verdict ifItFits) {
        List<PlannedLimit> counted = new ArrayList<>(limits.size());
        List<Charge> charges = new ArrayList<>(limits.size());
        for (PlannedLimit limit : limits) {
            if (limit.mode() != Mode.ENFORCE) {
                continue;
            }
            if (limit.allowance() instanceof Allowance.Metered metered) {
                counted.add(limit);
                charges.add(held(metered.charge()));
            } else if (!(limit.allowance() instanceof Allowance.Unlimited)) {
                return new Judgement(route, plan, Verdict.REFUSED, List.of(limit), List.of(), List.of());
            }
        }
        if (charges.isEmpty()) {
            return new Judgement(route, plan, ifItFits, List.of(), watch(limits), List.of());
        }
        Decision decision = acquire(charges);
        List<Standing> standings = new ArrayList<>(counted.size());
        List<PlannedLimit> refusing = new ArrayList<>();
        for (int i = 0; i < counted.size(); i++) {
            Standing standing = new Standing(
                    counted.get(i), charges.get(i), decision.usages().get(i));
            standings.add(standing);
            if (standing.refuses()) {
                refusing.add(standing.limit());
            }
        }
        return decision instanceof Decision.Allowed
                ? new Judgement(route, plan, ifItFits, List.of(), watch(limits), standings)
                : new Judgement(route, plan, Verdict.REFUSED, refusing, List.of(), standings);
    }

    /** Charges the limits that refuse nobody, each on its own; returns those on trial that would have refused. */
    private List<PlannedLimit> watch(List<PlannedLimit> limits) {
        List<PlannedLimit> refusing = List.of();
        for (PlannedLimit limit : limits) {
            if (limit.mode() == Mode.ENFORCE) {
                continue;
            }
            boolean fits = limit.allowance() instanceof Allowance.Metered metered
                    ? acquire(List.of(held(metered.charge()))) instanceof Decision.Allowed
                    : limit.allowance() instanceof Allowance.Unlimited;
            if (!fits && limit.mode() == Mode.SHADOW) {
                refusing = refusing.isEmpty() ? new ArrayList<>() : refusing;
                refusing.add(limit);
            }
        }
        return refusing;
    }

    /** A slot is held by the request, and by no other. */
    private static Charge held(Charge charge) {
        return charge.quota() instanceof Concurrency ? charge.heldBy(Holder.unique()) : charge;
    }

    /** Decides on all charges together. A request takes no time here, so its slots are free again at once. */
    private Decision acquire(List<Charge> charges) {
        Decision decision = answer(store.acquire(charges));
        if (decision instanceof Decision.Allowed) {
            List<Charge> slots =
                    charges.stream().filter(charge -> charge.holder() != null).toList();
            if (!slots.isEmpty()) {
                answer(store.release(slots));
            }
        }
        return decision;
    }

    /** The in-process store's stages are complete when it returns them. */
    private static <T extends @Nullable Object> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
