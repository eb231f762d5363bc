package io.headgate.policy.language;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.LimitRule;
import java.util.Optional;

/**
 * A limit as far as its declaration could be read.
 *
 * @param rule the limit itself
 * @param syntax how its amounts are written; empty if the declaration does not make sense
 * @param pricedByPlan whether its amounts stand in the plans
 * @param amount its amount on every plan, if it has one
 * @param mode its own mode, if it says so
 */
record DeclaredLimit(
        LimitRule rule,
        Optional<AmountSyntax> syntax,
        boolean pricedByPlan,
        Optional<Allotment> amount,
        Optional<DeclaredMode> mode) {

    /** Whether every plan has to say something about it. */
    boolean needsPlanAmount() {
        return pricedByPlan && syntax.isPresent();
    }

    String name() {
        return rule.name();
    }
}
