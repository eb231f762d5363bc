package io.headgate.policy.cli;

import io.headgate.policy.match.Access;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Exactness;
import io.headgate.policy.match.ExemptRule;
import io.headgate.policy.match.Explanation;
import io.headgate.policy.match.Explanation.LimitVerdict;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.LimitUse;
import io.headgate.policy.match.OverrideRule;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.Protocol;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.match.Requirement;
import io.headgate.policy.match.RolloutRule;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.match.ScheduleRule;
import io.headgate.policy.match.StaleRule;
import io.headgate.policy.match.SubjectKind;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes an explanation for people. */
final class ExplanationText {

    private final PrintWriter out;

    ExplanationText(PrintWriter out) {
        this.out = out;
    }

    void print(RequestFacts facts, Explanation explanation) {
        out.println("request   " + facts.method() + " " + facts.path() + " from " + facts.ip());
        out.println("caller    " + caller(facts.caller()));
        out.println("plan      " + explanation.plan() + ", " + reason(facts.caller(), explanation));
        for (OverrideRule override : explanation.overrides()) {
            out.println("override  for " + override.target() + " until " + override.until() + ": " + override.reason()
                    + " (" + override.place() + ")");
        }
        for (ScheduleRule schedule : explanation.schedules()) {
            out.println("schedule  " + schedule.name() + ", " + schedule.window() + " (" + schedule.place() + ")");
        }
        for (RolloutRule rollout : explanation.rollouts()) {
            out.println("rollout   " + rollout.name() + ", "
                    + rollout.mode().name().toLowerCase(Locale.ROOT) + " for " + rollout.percent()
                    + " % of callers, this one among them (" + rollout.place() + ")");
        }
        explanation
                .block()
                .ifPresent(block -> out.println("block     " + block.target() + untilWords(block.until())
                        + ", refused with 403 before anything else: " + block.reason() + " (" + block.place() + ")"));
        for (ExemptRule exempt : explanation.exemptions()) {
            out.println("exempt    " + exempt.target() + untilWords(exempt.until()) + ": " + exempt.reason() + " ("
                    + exempt.place() + ")");
        }
        if (explanation.route().isEmpty()) {
            out.println("route     none takes this request, so nothing limits it");
            return;
        }
        RouteRule route = explanation.route().get();
        out.println("route     " + route.name() + ", " + route.pattern() + " (" + route.place() + ")");
        if (!route.require().equals(Requirement.NONE)) {
            out.println("requires  " + route.require() + ": " + words(explanation.access()));
        }
        if (!route.protocol().equals(Protocol.PLAIN)) {
            out.println("protocol  " + route.protocol());
        }
        if (!route.stale().equals(StaleRule.NONE)) {
            out.println("stale     " + route.stale());
        }
        if (explanation.limits().isEmpty()) {
            out.println("limits    none: the route lists no limit");
        }
        explanation.limits().forEach(this::limit);
    }

    private static String words(Access access) {
        if (access instanceof Access.Granted) {
            return "met";
        }
        return access instanceof Access.NeedsCredential
                ? "not met, refused with 401: the caller has no credential"
                : "not met, refused with 403";
    }

    private static String untilWords(Optional<Instant> until) {
        return until.map(end -> " until " + end).orElse("");
    }

    private static String caller(Caller caller) {
        if (caller.anonymous()) {
            return "anonymous";
        }
        return "user " + caller.user() + (caller.tenant() == null ? "" : " of tenant " + caller.tenant());
    }

    private static String reason(Caller caller, Explanation explanation) {
        return switch (explanation.planSource()) {
            case ANONYMOUS -> "since the caller has no credential";
            case CREDENTIAL -> "which the credential names";
            case DEFAULT ->
                caller.plan() == null ? "since the credential names none" : "since there is no plan " + caller.plan();
            case OVERRIDE -> "by override";
        };
    }

    private void limit(LimitVerdict verdict) {
        LimitUse use = verdict.use();
        out.println("limit     " + use.limit().name());
        if (verdict instanceof LimitVerdict.SwitchedOff) {
            out.println("            disabled: not counted, never refuses ("
                    + use.limit().place() + ")");
        } else if (verdict instanceof LimitVerdict.NotThisCaller) {
            out.println("            does not apply: it counts by " + missing(use.limit())
                    + ", which the caller does not have (" + use.limit().place() + ")");
        } else if (verdict instanceof LimitVerdict.CostsNothing) {
            out.println("            does not apply: it costs " + use.cost() + ", and the request declares no bytes ("
                    + use.limit().place() + ")");
        } else if (verdict instanceof LimitVerdict.Applies applies) {
            applies(applies);
        }
    }

    private static String missing(LimitRule limit) {
        return limit.per().stream()
                .map(SubjectKind::toString)
                .filter(kind -> kind.equals("tenant") || kind.startsWith("jwt."))
                .collect(Collectors.joining(" and "));
    }

    private void applies(LimitVerdict.Applies applies) {
        PlannedLimit planned = applies.planned();
        out.println("            amount   " + planned.words() + " ("
                + applies.allotment().place() + ")");
        out.println("            counts   " + applies.subject() + ", "
                + (planned.stage() == PlannedLimit.Stage.BEFORE_AUTH ? "before" : "after") + " authentication"
                + (applies.use().limit().exactness() == Exactness.LEASED ? ", leased" : ""));
        out.println("            verdict  " + verdict(planned, applies.use()));
    }

    private static String verdict(PlannedLimit planned, LimitUse use) {
        if (planned.allowance() instanceof Allowance.Unlimited) {
            return "always passes";
        }
        if (planned.allowance() instanceof Allowance.Never) {
            return refusal(planned, planned.denyStatus()) + ", whatever the caller waits";
        } else if (planned.allowance() instanceof Allowance.Undeclared) {
            return refusal(planned, 411) + ": it costs " + use.cost() + ", which the request does not declare";
        } else if (planned.allowance() instanceof Allowance.TooLittle little) {
            return refusal(planned, 413) + ": it costs " + little.cost() + ", more than the limit ever holds";
        }
        String refusal = refusal(planned, planned.denyStatus());
        String failure = use.treatment().onStoreFailure().name().toLowerCase(Locale.ROOT);
        return "costs " + use.cost() + "; what does not fit " + refusal + "; without the store: " + failure;
    }

    private static String refusal(PlannedLimit planned, int status) {
        return switch (planned.mode()) {
            case ENFORCE -> "is refused with " + status;
            case SHADOW -> "passes, but is reported as refused (shadow)";
            case EXEMPT -> "passes, since the caller is exempt";
        };
    }
}
