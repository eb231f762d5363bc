package io.headgate.gateway.response;

import io.headgate.policy.match.Responses;

/** Types and titles of the problems that have one of their own. */
public final class ProblemTypes {

    /** Where the IETF draft registers its problem types. */
    private static final String IETF = "https://iana.org/assignments/http-problem-types";

    /** Title of {@link #quotaExceeded}. */
    static final String QUOTA_EXCEEDED = "Quota exceeded";

    /** Title of {@link #temporaryReducedCapacity}. */
    public static final String TEMPORARY_REDUCED_CAPACITY = "Temporarily reduced capacity";

    private ProblemTypes() {}

    /** The caller has used up what it may. */
    static String quotaExceeded(Responses responses) {
        return base(responses) + "#quota-exceeded";
    }

    /** The service cannot take the request now, whoever sends it. */
    public static String temporaryReducedCapacity(Responses responses) {
        return base(responses) + "#temporary-reduced-capacity";
    }

    private static String base(Responses responses) {
        return responses.problemTypeBase() == null
                ? IETF
                : responses.problemTypeBase().toString();
    }
}
