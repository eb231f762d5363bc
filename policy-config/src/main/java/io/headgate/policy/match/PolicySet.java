package io.headgate.policy.match;

import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Subject;
import io.headgate.policy.net.IpAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A policy, compiled: says for any request which limits it has to fit. Immutable but for the passing of time, which
 * begins and ends schedules and ends overrides; thread-safe.
 */
public final class PolicySet {

    private record CompiledRoute(RouteRule rule, List<RouteLimit> limits) {}

    private final PolicyRules rules;
    private final Map<String, Integer> ordinals = new LinkedHashMap<>();
    private final PlanStandings plans;
    private final List<Rollout> rollouts;
    private final TargetIndex<OverrideRule> overrides;
    private final TargetIndex<BlockRule> blocked;
    private final TargetIndex<ExemptRule> exempt;
    private final RouteIndex<CompiledRoute> routes;
    /** The paths of uploads, whatever the method. */
    private final RouteIndex<RouteRule> uploads;

    private final List<RouteLimit> callerLimits;
    private final Set<String> limitNames;
    private final Set<Long> leasedLimits;

    private PolicySet(PolicyRules rules, InstantSource clock, UnaryOperator<Target> known) {
        this.rules = rules;
        for (LimitRule limit : rules.limits()) {
            ordinals.put(limit.name(), ordinals.size());
        }
        plans = new PlanStandings(rules.plans(), rules.schedules(), ordinals, clock);
        demandPlan(rules.identity().defaultPlan());
        demandPlan(rules.identity().anonymousPlan());
        rules.overrides().forEach(override -> override.plan().ifPresent(this::demandPlan));
        rollouts =
                rules.rollouts().stream().map(rule -> new Rollout(rule, clock)).toList();
        overrides = new TargetIndex<>(rules.overrides(), clock, known);
        blocked = new TargetIndex<>(rules.blocked(), clock, known);
        exempt = new TargetIndex<>(rules.exempt(), clock, known);
        RouteIndex.Builder<CompiledRoute> index = new RouteIndex.Builder<>();
        Set<String> deferrable = new HashSet<>();
        for (RouteRule route : rules.routes()) {
            if (route.protocol() instanceof Protocol.Tus tus) {
                deferrable.addAll(tus.unreserved());
            }
        }
        RouteIndex.Builder<RouteRule> uploadIndex = new RouteIndex.Builder<>();
        for (RouteRule route : rules.routes()) {
            index.add(
                    route.pattern(),
                    new CompiledRoute(route, RouteLimit.of(route, rules.limits(), rollouts, deferrable)));
            if (route.protocol() instanceof Protocol.Tus) {
                uploadIndex.add(route.pattern().byAnyMethod(), route);
            }
        }
        routes = index.build();
        uploads = uploadIndex.build();
        callerLimits = RouteLimit.of(limitsOfCallers(rules), rules.limits(), rollouts);
        limitNames = Collections.unmodifiableSet(ordinals.keySet());
        leasedLimits = rules.limits().stream()
                .filter(limit -> limit.exactness() == Exactness.LEASED)
                .map(limit -> LimitKey.limitId(limit.name()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Compiles a policy.
     *
     * @param rules the policy, already checked
     * @param clock tells which schedules hold and which overrides have ended
     * @throws IllegalArgumentException if a name in the rules does not resolve
     */
    public static PolicySet of(PolicyRules rules, InstantSource clock) {
        return new PolicySet(rules, clock, UnaryOperator.identity());
    }

    /**
     * Compiles a policy for requests that do not show their callers as the policy names them.
     *
     * @param known whom requests show instead of a target: its pseudonym
     */
    public static PolicySet of(PolicyRules rules, InstantSource clock, UnaryOperator<Target> known) {
        return new PolicySet(rules, clock, known);
    }

    private void demandPlan(String plan) {
        if (!plans.names().contains(plan)) {
            throw new IllegalArgumentException("plan: " + plan + " (expected: a declared plan)");
        }
    }

    /** Limits in use that count callers whatever the route, each as seriously as any route takes it. */
    private static List<LimitUse> limitsOfCallers(PolicyRules rules) {
        Map<String, Optional<PlannedLimit.Mode>> modes = new HashMap<>();
        for (RouteRule route : rules.routes()) {
            for (LimitUse use : route.limits()) {
                modes.merge(use.limit().name(), use.treatment().mode(), PolicySet::stricter);
            }
        }
        List<LimitUse> uses = new ArrayList<>();
        for (LimitRule limit : rules.limits()) {
            Optional<PlannedLimit.Mode> mode = modes.get(limit.name());
            if (mode != null && limit.countsCallersAnywhere()) {
                Treatment own = limit.treatment();
                uses.add(new LimitUse(limit, new Treatment(mode, own.onStoreFailure(), own.denyStatus()), Cost.ONE));
            }
        }
        return uses;
    }

    private static Optional<PlannedLimit.Mode> stricter(
            Optional<PlannedLimit.Mode> one, Optional<PlannedLimit.Mode> other) {
        return Stream.of(one, other).flatMap(Optional::stream).min(Comparator.naturalOrder());
    }

    /** Why this address is turned away; empty if it is not. */
    public Optional<BlockRule> block(IpAddress ip) {
        return first(blocked.inForce(ip));
    }

    /** Why this caller is turned away, from whatever address; empty if it is not. */
    public Optional<BlockRule> block(Caller caller) {
        return first(blocked.inForce(caller));
    }

    private static Optional<BlockRule> first(List<BlockRule> found) {
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
    }

    /** Everything the request has to fit. A request that no route takes has no limits. */
    public LimitPlan match(RequestFacts facts) {
        Standing standing = standingOf(facts.caller(), facts.ip());
        CompiledRoute route = routes.find(facts);
        return route == null
                ? new LimitPlan(null, standing.plan(), List.of())
                : plan(
                        route.rule(),
                        route.rule().require().access(facts.caller(), standing.plan()),
                        route.limits(),
                        standing,
                        facts);
    }

    /** Whether the policy has uploads at the path of this request, whatever its method. */
    public boolean takesUploads(RequestFacts facts) {
        return uploads.find(facts) != null;
    }

    /**
     * Every limit of any route that counts this caller whatever the route, once each, in the order of declaration, at a
     * cost of 1.
     */
    public LimitPlan limitsOf(Caller caller, IpAddress ip) {
        return plan(null, Access.GRANTED, callerLimits, standingOf(caller, ip), new RequestFacts("", "", ip, caller));
    }

    private LimitPlan plan(
            @Nullable RouteRule route, Access access, List<RouteLimit> limits, Standing standing, RequestFacts facts) {
        CallerSubjects subjects = new CallerSubjects(rules.identity(), facts, limits.size());
        List<ExemptRule> exemptions = exempt.inForce(facts.caller(), facts.ip());
        List<PlannedLimit> planned = new ArrayList<>(limits.size());
        for (RouteLimit limit : limits) {
            Subject subject = subjects.subject(limit);
            if (subject != null) {
                limit.plan(planned, standing, subjects, subject, exemptions);
            }
        }
        return new LimitPlan(
                route == null ? null : route.name(),
                standing.plan(),
                access,
                planned,
                route == null ? Protocol.PLAIN : route.protocol(),
                route == null ? StaleRule.NONE : route.stale());
    }

    private Standing standingOf(Caller caller, IpAddress ip) {
        Map<String, Standing> now = plans.now();
        List<OverrideRule> exceptions = overrides.inForce(caller, ip);
        if (exceptions.isEmpty()) {
            return regularStanding(now, caller);
        }
        Optional<String> plan = planOf(exceptions);
        Standing standing = plan.isPresent() ? standing(now, plan.get()) : regularStanding(now, caller);
        return standing.with(exceptions, ordinals);
    }

    private Standing regularStanding(Map<String, Standing> now, Caller caller) {
        if (caller.anonymous()) {
            return standing(now, rules.identity().anonymousPlan());
        }
        Standing own = caller.plan() == null ? null : now.get(caller.plan());
        return own != null ? own : standing(now, rules.identity().defaultPlan());
    }

    private static Standing standing(Map<String, Standing> standings, String plan) {
        Standing standing = standings.get(plan);
        if (standing == null) {
            throw new IllegalStateException("plan " + plan + " has been declared when the policy was compiled");
        }
        return standing;
    }

    /** The plan that the narrowest of the exceptions names. */
    private static Optional<String> planOf(List<OverrideRule> exceptions) {
        for (int i = exceptions.size() - 1; i >= 0; i--) {
            Optional<String> plan = exceptions.get(i).plan();
            if (plan.isPresent()) {
                return plan;
            }
        }
        return Optional.empty();
    }

    /** Why {@link #match} answers for this request as it does. */
    public Explanation explain(RequestFacts facts) {
        Caller caller = facts.caller();
        Standing standing = standingOf(caller, facts.ip());
        CompiledRoute route = routes.find(facts);
        List<ExemptRule> exemptions = exempt.inForce(caller, facts.ip());
        List<Explanation.LimitVerdict> verdicts = new ArrayList<>();
        Set<Rollout> tried = new LinkedHashSet<>();
        if (route != null) {
            CallerSubjects subjects =
                    new CallerSubjects(rules.identity(), facts, route.limits().size());
            Map<LimitUse, RouteLimit> active = new HashMap<>();
            for (RouteLimit limit : route.limits()) {
                active.put(limit.use(), limit);
                tried.addAll(limit.rollouts(standing, subjects));
            }
            for (LimitUse use : route.rule().limits()) {
                verdicts.add(verdict(use, active.get(use), subjects, standing, exemptions));
            }
        }
        return new Explanation(
                Optional.ofNullable(route).map(CompiledRoute::rule),
                standing.plan(),
                planSource(caller, standing),
                standing.exceptions(),
                standing.schedules(),
                tried.stream().map(Rollout::rule).toList(),
                block(facts.ip()).or(() -> block(caller)),
                route == null ? Access.GRANTED : route.rule().require().access(caller, standing.plan()),
                exemptions,
                verdicts);
    }

    private static Explanation.LimitVerdict verdict(
            LimitUse use,
            @Nullable RouteLimit limit,
            CallerSubjects subjects,
            Standing standing,
            List<ExemptRule> exemptions) {
        if (limit == null) {
            return new Explanation.LimitVerdict.SwitchedOff(use);
        }
        Subject subject = subjects.subject(limit);
        if (subject == null) {
            return new Explanation.LimitVerdict.NotThisCaller(use);
        }
        PlannedLimit planned = limit.planned(standing, subjects, subject, exemptions);
        return planned == null
                ? new Explanation.LimitVerdict.CostsNothing(use)
                : new Explanation.LimitVerdict.Applies(
                        use, planned, subjects.describe(limit), limit.allotment(standing, subjects));
    }

    private static Explanation.PlanSource planSource(Caller caller, Standing standing) {
        if (planOf(standing.exceptions()).isPresent()) {
            return Explanation.PlanSource.OVERRIDE;
        }
        if (caller.anonymous()) {
            return Explanation.PlanSource.ANONYMOUS;
        }
        return standing.plan().equals(caller.plan())
                ? Explanation.PlanSource.CREDENTIAL
                : Explanation.PlanSource.DEFAULT;
    }

    /** What is being tried. */
    public List<Rollout> rollouts() {
        return rollouts;
    }

    /** Goes on with the rollouts that a policy before this one had begun, as far as they try the same. */
    public void continueRollouts(PolicySet before) {
        for (Rollout rollout : rollouts) {
            for (Rollout earlier : before.rollouts) {
                if (rollout.rule().triesTheSameAs(earlier.rule())) {
                    rollout.continueFrom(earlier);
                }
            }
        }
    }

    /** The rules it was compiled from. */
    public PolicyRules rules() {
        return rules;
    }

    /** What the policy says about itself. */
    public Metadata metadata() {
        return rules.metadata();
    }

    /** How callers are told apart. */
    public IdentityRules identity() {
        return rules.identity();
    }

    /** What holds everywhere. */
    public Defaults defaults() {
        return rules.defaults();
    }

    /** Which pages of other origins may call. */
    public CorsRules cors() {
        return rules.cors();
    }

    /** What refusals say besides the numbers. */
    public Responses responses() {
        return rules.responses();
    }

    /** Breakers by the name of their backend. */
    public Map<String, BreakerRule> breakers() {
        return rules.breakers();
    }

    /** Names of all limits, in the order of declaration. */
    public Set<String> limitNames() {
        return limitNames;
    }

    /** Whether gateways may charge this counter in advance. */
    public boolean isLeased(LimitKey counter) {
        return !leasedLimits.isEmpty() && leasedLimits.contains(counter.limit());
    }

    /** Names of all plans, in the order of declaration. */
    public Set<String> planNames() {
        return plans.names();
    }

    /** All routes, in the order of declaration. */
    public List<RouteRule> routes() {
        return rules.routes();
    }

    /** Short hexadecimal digest of the text the policy was read from. */
    public String hash() {
        return rules.hash();
    }
}
