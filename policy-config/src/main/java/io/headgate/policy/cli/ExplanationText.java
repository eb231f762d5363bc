package io.headgate.policy.cli;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Explanation;
import io.headgate.policy.match.Explanation.LimitVerdict;
import io.headgate.policy.match.LimitUse;
import io.headgate.policy.match.OverrideRule;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.match.RouteRule;
import java.io.PrintWriter;
import java.util.Locale;

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
        if (explanation.route().isEmpty()) {
            out.println("route     none takes this request, so nothing limits it");
            return;
        }
        RouteRule route = explanation.route().get();
        out.println("route     " + route.name() + ", " + route.pattern() + " (" + route.place() + ")");
        if (explanation.limits().isEmpty()) {
            out.println("limits    none: the route lists no limit");
        }
        explanation.limits().forEach(this::limit);
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
            out.println("            does not apply: it counts by tenant, and the caller has none ("
                    + use.limit().place() + ")");
        } else if (verdict instanceof LimitVerdict.Applies applies) {
            applies(applies);
        }
    }

    private void applies(LimitVerdict.Applies applies) {
        PlannedLimit planned = applies.planned();
        out.println("            amount   " + planned.words() + " ("
                + applies.allotment().place() + ")");
        out.println("            counts   " + applies.subject() + ", "
                + (planned.stage() == PlannedLimit.Stage.BEFORE_AUTH ? "before" : "after") + " authentication");
        out.println("            verdict  " + verdict(planned, applies.use()));
    }

    private static String verdict(PlannedLimit planned, LimitUse use) {
        if (planned.allowance() instanceof Allowance.Unlimited) {
            return "always passes";
        }
        boolean shadow = planned.mode() == PlannedLimit.Mode.SHADOW;
        String refusal =
                shadow ? "passes, but is reported as refused (shadow)" : "is refused with " + planned.denyStatus();
        if (planned.allowance() instanceof Allowance.Never) {
            return refusal + ", whatever the caller waits";
        }
        String failure = use.treatment().onStoreFailure().name().toLowerCase(Locale.ROOT);
        return "costs " + use.cost() + "; what does not fit " + refusal + "; without the store: " + failure;
    }
}
