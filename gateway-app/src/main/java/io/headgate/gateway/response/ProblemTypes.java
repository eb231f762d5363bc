package io.headgate.gateway.response;

import io.headgate.policy.match.Responses;
import org.springframework.http.HttpStatus;

/** The problems that have a type of their own. */
public final class ProblemTypes {

    /** Where the IETF draft registers its problem types. */
    private static final String IETF = "https://iana.org/assignments/http-problem-types";

    /** Title of {@link #quotaExceeded}. */
    static final String QUOTA_EXCEEDED = "Quota exceeded";

    private ProblemTypes() {}

    /** The caller has used up what it may. */
    static String quotaExceeded(Responses responses) {
        return base(responses) + "#quota-exceeded";
    }

    /** The service cannot take the request now, whoever sends it. */
    public static Problem temporaryReducedCapacity(Responses responses, String detail) {
        return Problem.of(
                HttpStatus.SERVICE_UNAVAILABLE,
                base(responses) + "#temporary-reduced-capacity",
                "Temporarily reduced capacity",
                detail);
    }

    private static String base(Responses responses) {
        return responses.problemTypeBase() == null
                ? IETF
                : responses.problemTypeBase().toString();
    }
}
