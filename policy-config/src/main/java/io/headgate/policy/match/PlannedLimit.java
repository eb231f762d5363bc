package io.headgate.policy.match;

import io.headgate.limiter.Charge;
import org.jspecify.annotations.Nullable;

/**
 * One limit as it applies to one request.
 *
 * @param name the limit's name in the policy: header policy name, metric tag and {@code violated-policies} entry
 * @param unit what it counts
 * @param stage whether it guards authentication or counts the verified caller
 * @param mode whether it refuses this caller or only counts
 * @param allowance what it allows this caller
 * @param denyStatus HTTP status of its refusals, 429 or 503
 * @param advertise whether clients may see its numbers
 * @param words the allowance in a sentence's words, such as {@code 60 requests per minute with bursts of 20}
 * @param rollout what tries something on it for this caller; {@code null} if nothing does
 */
public record PlannedLimit(
        String name,
        TokenUnit unit,
        Stage stage,
        Mode mode,
        Allowance allowance,
        int denyStatus,
        boolean advertise,
        String words,
        @Nullable Rollout rollout) {

    /**
     * The same for something that costs as much.
     *
     * @throws IllegalStateException if it is not metered
     */
    public PlannedLimit costing(long tokens) {
        if (!(allowance instanceof Allowance.Metered metered)) {
            throw new IllegalStateException("limit " + name + ": " + allowance + " (expected: metered)");
        }
        return charging(metered.charge().costing(tokens));
    }

    /** The same with another charge. */
    public PlannedLimit charging(Charge charge) {
        return new PlannedLimit(
                name, unit, stage, mode, new Allowance.Metered(charge), denyStatus, advertise, words, rollout);
    }

    /** When a limit is judged. */
    public enum Stage {
        /** Before the caller is authenticated; charged for failed authentication too. */
        BEFORE_AUTH,
        /** Once the caller is verified. */
        AFTER_AUTH
    }

    /** What a limit does with its verdict. */
    public enum Mode {
        /** Refuses. */
        ENFORCE,
        /** Counts and reports what it would have refused, and lets everything pass. */
        SHADOW,
        /** Counts, and lets everything pass: the caller is exempt from it. */
        EXEMPT
    }

    /** How much a limit allows one caller. */
    public sealed interface Allowance {
        /** Counted in the store. */
        record Metered(Charge charge) implements Allowance {}

        /** Nothing at all: refused without asking the store, and waiting does not help. */
        record Never() implements Allowance {}

        /**
         * Less than this one request costs: refused without asking the store, and waiting does not help.
         *
         * @param cost what it costs
         */
        record TooLittle(long cost) implements Allowance {}

        /**
         * By what the request has to declare, and does not, or not so that it can be read: refused without asking the
         * store.
         *
         * @param cost where the request should say it
         */
        record Undeclared(Cost cost) implements Allowance {}

        /** Everything: not sent to the store. */
        record Unlimited() implements Allowance {}
    }
}
