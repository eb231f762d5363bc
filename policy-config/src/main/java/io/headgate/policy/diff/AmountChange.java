package io.headgate.policy.diff;

import io.headgate.policy.match.Allotment;

/**
 * A cell of the table of plans and limits that says something else than before.
 *
 * @param plan the plan; empty if it is the same on every plan
 * @param limit the limit
 * @param before what it said
 * @param after what it says
 * @param strictness how that compares
 */
public record AmountChange(String plan, String limit, Allotment before, Allotment after, Strictness strictness) {}
