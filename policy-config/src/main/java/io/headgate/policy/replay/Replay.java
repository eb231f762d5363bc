package io.headgate.policy.replay;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.Usage;
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
import org.jspecify.annotations.Nullable;

/**
 * One gateway in virtual time: judges requests as the real one does, by the same policy and the same algorithms, at the
 * moment that its clock shows. The store always answers, and nothing is given back. Not thread-safe.
 */
public final class Replay {

    /** Most counters kept at once, of which none is lost as long as fewer are busy at the same time. */
    private static final int MOST_ACCOUNTS = 500_000;

    private final PolicySet policy;
    private final VirtualClock clock;
    private final Ledger ledger = new Ledger(MOST_ACCOUNTS);
    private final HeldSlots held = new HeldSlots();

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
        this.clock = clock;
    }

    /** Judges a request now that takes no time: what it holds while it lasts is free again at once. */
    public Judgement judge(RequestFacts facts) {
        return judge(facts, 0);
    }

    /**
     * Judges a request now.
     *
     * @param tookMicros how long it lasts if it is allowed
     */
    public Judgement judge(RequestFacts facts, long tookMicros) {
        if (policy.block(facts.ip()).isPresent() || policy.block(facts.caller()).isPresent()) {
            return withoutLimits(null, "", Verdict.BLOCKED);
        }
        LimitPlan plan = policy.match(facts);
        if (plan.access() instanceof Access.Granted) {
            return judge(plan, plan.limits(), Verdict.ALLOWED, tookMicros);
        }
        return guard(
                plan, plan.access() instanceof Access.NeedsCredential ? Verdict.UNAUTHENTICATED : Verdict.FORBIDDEN);
    }

    /**
     * Judges a request now whose caller is known to be what its route requires, or known not to be: logs do not say what
     * credentials grant.
     *
     * @param met which of the two
     * @param paid names of limits that requests before this one have paid for it
     */
    public Judgement judgeKnowing(RequestFacts facts, boolean met, List<String> paid) {
        if (policy.block(facts.ip()).isPresent() || policy.block(facts.caller()).isPresent()) {
            return withoutLimits(null, "", Verdict.BLOCKED);
        }
        LimitPlan plan = policy.match(facts);
        return met ? judge(plan, unpaid(plan, paid), Verdict.ALLOWED, 0) : guard(plan, Verdict.FORBIDDEN);
    }

    /** What slows a body down refuses nothing. */
    private static List<PlannedLimit> unpaid(LimitPlan plan, List<String> paid) {
        List<PlannedLimit> limits = plan.beforehand();
        return paid.isEmpty()
                ? limits
                : limits.stream().filter(limit -> !paid.contains(limit.name())).toList();
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
        return judge(plan, guards, ifItFits, 0);
    }

    private static Judgement withoutLimits(@Nullable String route, String plan, Verdict verdict) {
        return new Judgement(route, plan, verdict, List.of(), List.of(), List.of());
    }

    /** A charge, and the account that it is for. */
    private record Entry(PlannedLimit limit, Charge charge, boolean heldByRequest, Account account) {

        boolean fits(long now) {
            return account.usage(now, charge).waitMicros() == 0;
        }

        Standing refused(long now) {
            return new Standing(limit, charge, account.refuse(now, charge), account.number);
        }
    }

    /** A slot is held by the request and by no other, unless a session holds it. */
    private Entry entry(PlannedLimit limit, Charge charge, long now) {
        Account account = ledger.of(charge.key(), charge.quota(), now);
        boolean held = charge.quota() instanceof Concurrency && charge.holder() == null;
        return new Entry(limit, held ? charge.heldBy(Holder.unique()) : charge, held, account);
    }

    private Standing take(Entry entry, long now, long tookMicros) {
        Usage left = entry.account().take(now, entry.charge());
        if (entry.heldByRequest()) {
            held.add(entry.charge(), entry.account(), now, now + tookMicros);
        }
        return new Standing(entry.limit(), entry.charge(), left, entry.account().number);
    }

    private Judgement judge(LimitPlan plan, List<PlannedLimit> limits, Verdict ifItFits, long tookMicros) {
        long now = clock.micros();
        held.catchUp(now);
        List<Entry> entries = new ArrayList<>(limits.size());
        boolean fits = true;
        for (int i = 0; i < limits.size(); i++) {
            PlannedLimit limit = limits.get(i);
            if (limit.mode() != Mode.ENFORCE || limit.allowance() instanceof Allowance.Unlimited) {
                continue;
            }
            if (!(limit.allowance() instanceof Allowance.Metered metered)) {
                return new Judgement(plan.route(), plan.plan(), Verdict.REFUSED, List.of(limit), List.of(), List.of());
            }
            Entry entry = entry(limit, metered.charge(), now);
            fits &= entry.fits(now);
            entries.add(entry);
        }
        List<Standing> standings = new ArrayList<>(entries.size());
        if (fits) {
            entries.forEach(entry -> standings.add(take(entry, now, tookMicros)));
            return new Judgement(
                    plan.route(), plan.plan(), ifItFits, List.of(), watch(limits, now, tookMicros), standings);
        }
        List<PlannedLimit> refusing = new ArrayList<>();
        for (Entry entry : entries) {
            Standing standing = entry.refused(now);
            standings.add(standing);
            if (standing.refuses()) {
                refusing.add(standing.limit());
            }
        }
        return new Judgement(plan.route(), plan.plan(), Verdict.REFUSED, refusing, List.of(), standings);
    }

    /** Charges the limits that refuse nobody, each on its own; returns those on trial that would have refused. */
    private List<PlannedLimit> watch(List<PlannedLimit> limits, long now, long tookMicros) {
        List<PlannedLimit> refusing = List.of();
        for (PlannedLimit limit : limits) {
            if (limit.mode() != Mode.ENFORCE && !passes(limit, now, tookMicros) && limit.mode() == Mode.SHADOW) {
                refusing = refusing.isEmpty() ? new ArrayList<>() : refusing;
                refusing.add(limit);
            }
        }
        return refusing;
    }

    private boolean passes(PlannedLimit limit, long now, long tookMicros) {
        if (!(limit.allowance() instanceof Allowance.Metered metered)) {
            return limit.allowance() instanceof Allowance.Unlimited;
        }
        Entry entry = entry(limit, metered.charge(), now);
        if (entry.fits(now)) {
            take(entry, now, tookMicros);
            return true;
        }
        entry.refused(now);
        return false;
    }
}
