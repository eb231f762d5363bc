package io.headgate.policy.match;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A limit as a route uses it, with all that can be worked out before a request is there. */
final class RouteLimit {

    private final LimitUse use;
    private final PlannedLimit.Mode mode;
    private final String route;
    private final int ordinal;
    private final int recipe;
    private final long limitId;
    private final @Nullable Subject fixedSubject;
    private final @Nullable SessionKey session;
    private final List<Candidate> candidates;
    /** Whether the body is held against it while it is read, rather than the request before it. */
    private final boolean inFlight;
    /** Whether an upload of deferred length may be created at no cost, since its bytes are charged as they come. */
    private final boolean deferrable;

    /**
     * @param use the limit; not switched off
     * @param route name of the route
     * @param ordinal the limit's number in the policy
     * @param recipe number shared by the limits of this route that count by the same things
     * @param session who holds slots in the place of the request, if not the request itself
     * @param candidates what rollouts try on it
     * @param protocol what the requests of the route are part of
     * @param deferrable whether some route charges it for bytes that no creation has reserved
     */
    private RouteLimit(
            LimitUse use,
            String route,
            int ordinal,
            int recipe,
            @Nullable SessionKey session,
            List<Candidate> candidates,
            Protocol protocol,
            boolean deferrable) {
        this.use = use;
        this.mode = use.treatment().mode().orElseThrow();
        this.route = route;
        this.ordinal = ordinal;
        this.recipe = recipe;
        this.limitId = LimitKey.limitId(use.limit().name());
        this.session = session;
        this.candidates = candidates;
        this.deferrable = deferrable && protocol instanceof Protocol.Tus;
        this.inFlight = use.cost() instanceof Cost.Unreserved
                && protocol instanceof Protocol.Tus tus
                && tus.whenShort() == Protocol.WhenShort.PACE;
        this.fixedSubject = fixedSubject(use.limit().per(), route);
    }

    private static @Nullable Subject fixedSubject(List<SubjectKind> per, String route) {
        if (per.equals(List.of(SubjectKind.EVERYONE))) {
            return Subject.EVERYONE;
        }
        return per.equals(List.of(SubjectKind.ROUTE)) ? Subject.of("route", route) : null;
    }

    /** The enforced and shadow limits of a route, ready for its requests. */
    static List<RouteLimit> of(RouteRule route, List<LimitRule> all, List<Rollout> rollouts, Set<String> deferrable) {
        return of(
                route.limits(),
                route.name(),
                route.session().orElse(null),
                route.protocol(),
                all,
                rollouts,
                deferrable);
    }

    /** The enforced and shadow limits among {@code uses}, for looking at them off any route. */
    static List<RouteLimit> of(List<LimitUse> uses, List<LimitRule> all, List<Rollout> rollouts) {
        return of(uses, "", null, Protocol.PLAIN, all, rollouts, Set.of());
    }

    private static List<RouteLimit> of(
            List<LimitUse> uses,
            String route,
            @Nullable SessionKey session,
            Protocol protocol,
            List<LimitRule> all,
            List<Rollout> rollouts,
            Set<String> deferrable) {
        List<RouteLimit> limits = new ArrayList<>();
        List<List<SubjectKind>> recipes = new ArrayList<>();
        for (LimitUse use : uses) {
            if (use.treatment().mode().isPresent()) {
                List<SubjectKind> per = use.limit().per();
                int recipe = recipes.indexOf(per);
                if (recipe < 0) {
                    recipe = recipes.size();
                    recipes.add(per);
                }
                List<Candidate> candidates = Candidate.on(use, route, rollouts);
                limits.add(new RouteLimit(
                        use,
                        route,
                        all.indexOf(use.limit()),
                        recipe,
                        session,
                        candidates,
                        protocol,
                        deferrable.contains(use.limit().name())));
            }
        }
        return List.copyOf(limits);
    }

    /** Adds what applies to one request: the limit, unless it costs nothing of it, and what is counted beside it. */
    void plan(
            List<PlannedLimit> plan,
            Standing standing,
            CallerSubjects subjects,
            Subject subject,
            List<ExemptRule> exemptions) {
        PlannedLimit live = planned(standing, subjects, subject, exemptions);
        if (live != null) {
            plan.add(live);
        }
        for (Candidate candidate : candidates) {
            if (!candidate.isEnforced() && takesPart(candidate, standing, subjects)) {
                Allotment allotment = candidate.amount(standing, standing.allotment(ordinal));
                Cost cost = candidate.cost().orElse(use.cost());
                PlannedLimit.Allowance allowance = allowance(
                        allotment.amount(), cost, new LimitKey(candidate.limitId(), subject), subjects.facts());
                if (allowance != null && mode(exemptions) != PlannedLimit.Mode.EXEMPT) {
                    plan.add(planned(
                            candidate.name(),
                            PlannedLimit.Mode.SHADOW,
                            allowance,
                            allotment.words(),
                            candidate.rollout()));
                }
            }
        }
    }

    /** The limit as it applies to one request; {@code null} if the request costs nothing of it. */
    @Nullable
    PlannedLimit planned(Standing standing, CallerSubjects subjects, Subject subject, List<ExemptRule> exemptions) {
        Allotment allotment = standing.allotment(ordinal);
        Cost cost = use.cost();
        Rollout rollout = null;
        for (Candidate candidate : candidates) {
            if (candidate.isEnforced() && takesPart(candidate, standing, subjects)) {
                allotment = candidate.amount(standing, allotment);
                cost = candidate.cost().orElse(cost);
                rollout = candidate.rollout();
            }
        }
        PlannedLimit.Allowance allowance =
                allowance(allotment.amount(), cost, new LimitKey(limitId, subject), subjects.facts());
        return allowance == null
                ? null
                : planned(use.limit().name(), mode(exemptions), allowance, allotment.words(), rollout);
    }

    private PlannedLimit planned(
            String name,
            PlannedLimit.Mode how,
            PlannedLimit.Allowance allowance,
            String words,
            @Nullable Rollout rollout) {
        LimitRule limit = use.limit();
        return new PlannedLimit(
                name,
                limit.unit(),
                limit.stage(),
                how,
                allowance,
                use.treatment().denyStatus(),
                limit.advertise(),
                words,
                rollout);
    }

    /** The amount that {@link #planned} works with. */
    Allotment allotment(Standing standing, CallerSubjects subjects) {
        Allotment allotment = standing.allotment(ordinal);
        for (Candidate candidate : candidates) {
            if (candidate.isEnforced() && takesPart(candidate, standing, subjects)) {
                allotment = candidate.amount(standing, allotment);
            }
        }
        return allotment;
    }

    /** The rollouts that change something about this limit for a caller, or count beside it. */
    List<Rollout> rollouts(Standing standing, CallerSubjects subjects) {
        return candidates.stream()
                .filter(candidate -> takesPart(candidate, standing, subjects))
                .map(Candidate::rollout)
                .toList();
    }

    private boolean takesPart(Candidate candidate, Standing standing, CallerSubjects subjects) {
        return candidate.concerns(standing, ordinal)
                && candidate.rollout().takes(subjects.participant(use.limit().stage()));
    }

    private PlannedLimit.Mode mode(List<ExemptRule> exemptions) {
        for (ExemptRule exemption : exemptions) {
            if (exemption.covers(use.limit())) {
                return PlannedLimit.Mode.EXEMPT;
            }
        }
        return mode;
    }

    private PlannedLimit.@Nullable Allowance allowance(Amount amount, Cost cost, LimitKey key, RequestFacts facts) {
        if (amount instanceof Amount.Metered metered) {
            return metered(metered.quota(), cost, key, facts);
        }
        return amount instanceof Amount.Never
                ? new PlannedLimit.Allowance.Never()
                : new PlannedLimit.Allowance.Unlimited();
    }

    private PlannedLimit.@Nullable Allowance metered(Quota quota, Cost cost, LimitKey key, RequestFacts facts) {
        OptionalLong stated = cost.of(facts.headers());
        if (stated.isEmpty() && !inFlight) {
            if (deferrable && Cost.isDeferred(facts.headers())) {
                return null;
            }
            return new PlannedLimit.Allowance.Undeclared(cost);
        }
        // A body that is held against the limit while it is read may be of any size, also an unknown one.
        long tokens = inFlight ? Math.min(stated.orElse(1), quota.largestCost()) : stated.getAsLong();
        if (tokens == 0) {
            return null;
        }
        if (tokens > quota.largestCost()) {
            return new PlannedLimit.Allowance.TooLittle(tokens);
        }
        Charge charge = new Charge(key, quota, tokens, use.treatment().onStoreFailure());
        return new PlannedLimit.Allowance.Metered(
                session != null && quota instanceof Concurrency ? charge.heldBy(session.holder(facts)) : charge);
    }

    LimitUse use() {
        return use;
    }

    List<SubjectKind> per() {
        return use.limit().per();
    }

    String route() {
        return route;
    }

    int ordinal() {
        return ordinal;
    }

    int recipe() {
        return recipe;
    }

    /** The subject, if it is the same for every caller. */
    @Nullable
    Subject fixedSubject() {
        return fixedSubject;
    }
}
