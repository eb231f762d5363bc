package io.headgate.policy.language;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.BlockRule;
import io.headgate.policy.match.BreakerRule;
import io.headgate.policy.match.CorsRules;
import io.headgate.policy.match.Cost;
import io.headgate.policy.match.ExemptRule;
import io.headgate.policy.match.IdentityRules;
import io.headgate.policy.match.LimitUse;
import io.headgate.policy.match.Metadata;
import io.headgate.policy.match.OverrideRule;
import io.headgate.policy.match.PlanRule;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.Responses;
import io.headgate.policy.match.RolloutRule;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.match.ScheduleRule;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problems;
import io.headgate.policy.source.SourceFile;
import io.headgate.policy.source.Value;
import io.headgate.policy.source.YamlReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a policy's text into its rules. */
public final class PolicyLanguage {

    private PolicyLanguage() {}

    /**
     * The rules that {@code text} states. If anything is wrong with it they are incomplete, and {@code problems} has
     * errors.
     *
     * @param now time at which the text is read
     */
    public static Optional<PolicyRules> read(PolicyText text, Instant now, Problems problems) {
        Shapes shapes = new Shapes(problems);
        List<Value> files = new ArrayList<>();
        for (SourceFile file : text.files()) {
            YamlReader.read(file, problems).ifPresent(files::add);
        }
        // Half of a folder would only complain about what the other half declares.
        if (files.isEmpty() || files.size() < text.files().size()) {
            return Optional.empty();
        }
        return Optional.of(rules(PolicyDocument.of(files, shapes), text, now, shapes));
    }

    private static PolicyRules rules(PolicyDocument document, PolicyText text, Instant now, Shapes shapes) {
        Metadata metadata = ResponsesSection.metadata(document.section("metadata"), shapes);
        DefaultsSection defaults = DefaultsSection.read(document.section("defaults"), shapes);
        Responses responses = ResponsesSection.responses(document.section("responses"), shapes);
        CorsRules cors = CorsSection.read(document.section("cors"), shapes);
        List<PolicyDocument.Named> declaredPlans = document.named("plans");
        DeclaredLimits limits = LimitsSection.read(document.named("limits"), defaults, shapes);
        IdentityRules identity =
                IdentitySection.read(document.section("identity"), declaredPlans, limits.countedClaims(), shapes);
        List<RouteRule> routes = RoutesSection.read(
                document.named("routes"),
                limits,
                defaults,
                declaredPlans.stream().map(PolicyDocument.Named::name).toList(),
                shapes);
        Set<String> used = used(routes);
        List<PlanRule> plans = PlansSection.read(declaredPlans, limits, used, shapes);
        List<OverrideRule> overrides = OverridesSection.read(
                document.joined("overrides"),
                limits,
                declaredPlans.stream().map(PolicyDocument.Named::name).toList(),
                defaults.defaults().timezone(),
                now,
                shapes);
        List<ScheduleRule> schedules = new SchedulesSection(
                        limits,
                        declaredPlans.stream().map(PolicyDocument.Named::name).toList(),
                        plans,
                        defaults.defaults().timezone(),
                        shapes)
                .read(document.joined("schedules"), now);
        List<RolloutRule> rollouts = new RolloutsSection(
                        limits,
                        declaredPlans.stream().map(PolicyDocument.Named::name).toList(),
                        routes,
                        shapes)
                .read(document.joined("rollouts"));
        ListsSection lists = new ListsSection(limits, defaults.defaults().timezone(), now, shapes);
        List<BlockRule> blocked = lists.blocked(document.joined("lists.block"));
        List<ExemptRule> exempt = lists.exempt(document.joined("lists.exempt"));
        Map<String, BreakerRule> breakers = BreakersSection.read(document.named("breakers"), shapes);
        rejectUnaffordable(routes, plans, overrides, schedules, rollouts, shapes);
        if (!shapes.problems().hasErrors()) {
            warnOfUnused(limits, used, shapes);
        }
        return new PolicyRules(
                metadata,
                defaults.defaults(),
                responses,
                cors,
                identity,
                limits.rules(),
                plans,
                routes,
                overrides,
                schedules,
                rollouts,
                blocked,
                exempt,
                breakers,
                text.hash());
    }

    private static Set<String> used(List<RouteRule> routes) {
        Set<String> used = new LinkedHashSet<>();
        for (RouteRule route : routes) {
            route.limits().forEach(use -> used.add(use.limit().name()));
        }
        return used;
    }

    private static void warnOfUnused(DeclaredLimits limits, Set<String> used, Shapes shapes) {
        for (DeclaredLimit limit : limits.all()) {
            if (!used.contains(limit.name())) {
                shapes.problems()
                        .warning(
                                Code.UNUSED_LIMIT,
                                limit.rule().place(),
                                "limit " + limit.name() + ": no route uses it");
            }
        }
    }

    /** A request must never cost more than a limit can hold: it could not be admitted however long it waits. */
    private static void rejectUnaffordable(
            List<RouteRule> routes,
            List<PlanRule> plans,
            List<OverrideRule> overrides,
            List<ScheduleRule> schedules,
            List<RolloutRule> rollouts,
            Shapes shapes) {
        List<Map<String, Allotment>> stated = new ArrayList<>();
        plans.forEach(plan -> stated.add(plan.allotments()));
        overrides.forEach(override -> stated.add(override.set()));
        schedules.forEach(schedule -> stated.addAll(schedule.changes().values()));
        rollouts.forEach(rollout -> stated.addAll(rollout.set().values()));
        for (RouteRule route : routes) {
            for (LimitUse use : route.limits()) {
                String limit = use.limit().name();
                Set<Cost> costs = new LinkedHashSet<>(List.of(use.cost()));
                rollouts.stream()
                        .filter(rollout -> rollout.route().equals(Optional.of(route.name())))
                        .forEach(rollout ->
                                Optional.ofNullable(rollout.cost().get(limit)).ifPresent(costs::add));
                for (Cost cost : costs) {
                    stated.stream()
                            .flatMap(amounts -> Optional.ofNullable(amounts.get(limit)).stream())
                            .distinct()
                            .forEach(allotment -> rejectUnaffordable(
                                    route, new LimitUse(use.limit(), use.treatment(), cost), allotment, shapes));
                }
            }
        }
    }

    private static void rejectUnaffordable(RouteRule route, LimitUse use, Allotment allotment, Shapes shapes) {
        if (allotment.amount() instanceof Amount.Metered metered
                && use.cost() instanceof Cost.Fixed cost
                && cost.tokens() > metered.quota().largestCost()) {
            shapes.problems()
                    .error(
                            Code.COST_ABOVE_CAPACITY,
                            route.place(),
                            "route " + route.name() + ": costs " + cost + " of limit "
                                    + use.limit().name() + ", which holds at most "
                                    + metered.quota().largestCost() + " by what " + allotment.place()
                                    + " says: no request could ever pass");
        }
    }
}
