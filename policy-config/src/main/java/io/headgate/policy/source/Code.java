package io.headgate.policy.source;

import java.util.Locale;

/** The kinds of problem a policy can have. Their names are stable: scripts and documentation refer to them. */
public enum Code {
    /** The file or folder cannot be read, or holds no policy. */
    UNREADABLE,
    /** The file is not UTF-8 text. */
    NOT_TEXT,
    /** Larger, deeper or longer than a policy may be. */
    TOO_LARGE,
    /** Not YAML. */
    YAML_SYNTAX,
    /** The file ends within a value. */
    CUT_SHORT,
    /** Legal YAML that the policy language does without. */
    YAML_FEATURE,
    /** A key or name that stands twice. */
    DUPLICATE,
    /** A key the language does not have. */
    UNKNOWN_KEY,
    /** A key that has to be there. */
    MISSING_KEY,
    /** A list where a mapping belongs, a mapping where text belongs, and so on. */
    WRONG_SHAPE,
    /** A value that is none of those the key takes. */
    BAD_VALUE,
    /** A number, rate or duration that cannot be read or is out of range. */
    BAD_NUMBER,
    /** A plan, limit or backend that is not declared. */
    UNKNOWN_NAME,
    /** A name that cannot be one. */
    BAD_NAME,
    /** Keys that exclude each other. */
    CONFLICT,
    /** Plans that extend each other in a circle. */
    PLAN_CYCLE,
    /** A plan without an amount for a limit that a route uses. */
    MISSING_AMOUNT,
    /** A cost that some plan could never admit. */
    COST_ABOVE_CAPACITY,
    /** Two routes that take the same request, neither more specific. */
    AMBIGUOUS_ROUTE,
    /** Something a limit before authentication cannot know. */
    UNKNOWN_BEFORE_AUTH,
    /** An override whose end has passed. */
    OVERRIDE_ENDED,
    /** A schedule whose end has passed. */
    SCHEDULE_ENDED,
    /** An entry of a list whose end has passed. */
    LIST_ENTRY_ENDED,
    /** A limit that no route uses. */
    UNUSED_LIMIT,
    /** A limit by address, in a policy that says nothing about proxies. */
    NO_TRUSTED_PROXIES,
    /** An exception for a network that trusted proxies are in. */
    OVERRIDE_COVERS_PROXY,
    /** An entry of a list for a network that trusted proxies are in. */
    LIST_COVERS_PROXY,
    /** A plan that allows less than the plan it extends. */
    PLAN_TIGHTER_THAN_PARENT,
    /** A plan that allows more than callers have anyway, but less of one limit. */
    PLAN_TIGHTER_THAN_DEFAULT,
    /** A limit that cannot refuse anything, since another one refuses before it. */
    LIMIT_NEVER_BITES,
    /** A limit that is to be leased, and allows too little for that. */
    LEASED_IN_VAIN,
    /** A route that no request can reach. */
    UNREACHABLE_ROUTE,
    /** A route for GET beside which HEAD goes without any limit. */
    HEAD_WITHOUT_LIMITS,
    /** There are more problems than are listed. */
    MORE_PROBLEMS;

    /** The code as messages show it: {@code unknown-key}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
