package io.headgate.policy.match;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Quota;
import io.headgate.limiter.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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

    /**
     * @param use the limit; not switched off
     * @param route name of the route
     * @param ordinal the limit's number in the policy
     * @param recipe number shared by the limits of this route that count by the same things
     * @param session who holds slots in the place of the request, if not the request itself
     */
    private RouteLimit(LimitUse use, String route, int ordinal, int recipe, @Nullable SessionKey session) {
        this.use = use;
        this.mode = use.treatment().mode().orElseThrow();
        this.route = route;
        this.ordinal = ordinal;
        this.recipe = recipe;
        this.limitId = LimitKey.limitId(use.limit().name());
        this.session = session;
        this.fixedSubject = fixedSubject(use.limit().per(), route);
    }

    private static @Nullable Subject fixedSubject(List<SubjectKind> per, String route) {
        if (per.equals(List.of(SubjectKind.EVERYONE))) {
            return Subject.EVERYONE;
        }
        return per.equals(List.of(SubjectKind.ROUTE)) ? Subject.of("route", route) : null;
    }

    /** The enforced and shadow limits of a route, ready for its requests. */
    static List<RouteLimit> of(RouteRule route, List<LimitRule> all) {
        return of(route.limits(), route.name(), route.session().orElse(null), all);
    }

    /** The enforced and shadow limits among {@code uses}, for looking at them off any route. */
    static List<RouteLimit> of(List<LimitUse> uses, List<LimitRule> all) {
        return of(uses, "", null, all);
    }

    private static List<RouteLimit> of(
            List<LimitUse> uses, String route, @Nullable SessionKey session, List<LimitRule> all) {
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
                limits.add(new RouteLimit(use, route, all.indexOf(use.limit()), recipe, session));
            }
        }
        return List.copyOf(limits);
    }

    /** The limit as it applies to one request; {@code null} if the request costs nothing of it. */
    @Nullable
    PlannedLimit planned(Allotment allotment, Subject subject, RequestFacts facts, List<ExemptRule> exemptions) {
        PlannedLimit.Allowance allowance = allowance(allotment.amount(), subject, facts);
        if (allowance == null) {
            return null;
        }
        LimitRule limit = use.limit();
        return new PlannedLimit(
                limit.name(),
                limit.unit(),
                limit.stage(),
                mode(exemptions),
                allowance,
                use.treatment().denyStatus(),
                limit.advertise(),
                allotment.words());
    }

    private PlannedLimit.Mode mode(List<ExemptRule> exemptions) {
        for (ExemptRule exemption : exemptions) {
            if (exemption.covers(use.limit())) {
                return PlannedLimit.Mode.EXEMPT;
            }
        }
        return mode;
    }

    private PlannedLimit.@Nullable Allowance allowance(Amount amount, Subject subject, RequestFacts facts) {
        if (amount instanceof Amount.Metered metered) {
            return metered(metered.quota(), subject, facts);
        }
        return amount instanceof Amount.Never
                ? new PlannedLimit.Allowance.Never()
                : new PlannedLimit.Allowance.Unlimited();
    }

    private PlannedLimit.@Nullable Allowance metered(Quota quota, Subject subject, RequestFacts facts) {
        OptionalLong stated = use.cost().of(facts.headers());
        if (stated.isEmpty()) {
            return new PlannedLimit.Allowance.Undeclared(use.cost());
        }
        long cost = stated.getAsLong();
        if (cost == 0) {
            return null;
        }
        if (cost > quota.largestCost()) {
            return new PlannedLimit.Allowance.TooLittle(cost);
        }
        Charge charge = new Charge(
                new LimitKey(limitId, subject), quota, cost, use.treatment().onStoreFailure());
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
