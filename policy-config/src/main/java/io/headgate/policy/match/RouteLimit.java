package io.headgate.policy.match;

import io.headgate.limiter.Charge;
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

    /**
     * @param use the limit; not switched off
     * @param route name of the route
     * @param ordinal the limit's number in the policy
     * @param recipe number shared by the limits of this route that count by the same things
     */
    RouteLimit(LimitUse use, String route, int ordinal, int recipe) {
        this.use = use;
        this.mode = use.treatment().mode().orElseThrow();
        this.route = route;
        this.ordinal = ordinal;
        this.recipe = recipe;
        this.limitId = LimitKey.limitId(use.limit().name());
        this.fixedSubject = fixedSubject(use.limit().per(), route);
    }

    private static @Nullable Subject fixedSubject(List<SubjectKind> per, String route) {
        if (per.equals(List.of(SubjectKind.EVERYONE))) {
            return Subject.EVERYONE;
        }
        return per.equals(List.of(SubjectKind.ROUTE)) ? Subject.of("route", route) : null;
    }

    /** The enforced and shadow limits among {@code uses}, ready for requests on {@code route}. */
    static List<RouteLimit> of(List<LimitUse> uses, String route, List<LimitRule> all) {
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
                limits.add(new RouteLimit(use, route, all.indexOf(use.limit()), recipe));
            }
        }
        return List.copyOf(limits);
    }

    /** The limit as it applies to one request; {@code null} if the request costs nothing of it. */
    @Nullable
    PlannedLimit planned(Allotment allotment, Subject subject, HeaderFields headers, List<ExemptRule> exemptions) {
        PlannedLimit.Allowance allowance = allowance(allotment.amount(), subject, headers);
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

    private PlannedLimit.@Nullable Allowance allowance(Amount amount, Subject subject, HeaderFields headers) {
        if (amount instanceof Amount.Metered metered) {
            return metered(metered.quota(), subject, headers);
        }
        return amount instanceof Amount.Never
                ? new PlannedLimit.Allowance.Never()
                : new PlannedLimit.Allowance.Unlimited();
    }

    private PlannedLimit.@Nullable Allowance metered(Quota quota, Subject subject, HeaderFields headers) {
        OptionalLong stated = use.cost().of(headers);
        if (stated.isEmpty()) {
            return new PlannedLimit.Allowance.Undeclared(use.cost());
        }
        long cost = stated.getAsLong();
        if (cost == 0) {
            return null;
        }
        return cost > quota.largestCost()
                ? new PlannedLimit.Allowance.TooLittle(cost)
                : new PlannedLimit.Allowance.Metered(new Charge(
                        new LimitKey(limitId, subject),
                        quota,
                        cost,
                        use.treatment().onStoreFailure()));
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
