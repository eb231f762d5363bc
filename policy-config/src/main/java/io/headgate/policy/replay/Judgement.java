package io.headgate.policy.replay;

import io.headgate.policy.match.PlannedLimit;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway says to one request.
 *
 * @param route name of the route that took it, {@code null} if none did, or nobody looked
 * @param plan name of the caller's plan
 * @param verdict what becomes of it
 * @param refusing the limits that refuse it, in the order of the route
 * @param onTrial the limits in shadow mode that would have refused it
 * @param standings how the caller stands with the enforced limits that were counted, in the order of the route
 */
public record Judgement(
        @Nullable String route,
        String plan,
        Verdict verdict,
        List<PlannedLimit> refusing,
        List<PlannedLimit> onTrial,
        List<Standing> standings) {

    private static final int FORBIDDEN = 403;
    private static final int UNAUTHORIZED = 401;
    private static final int LENGTH_REQUIRED = 411;
    private static final int CONTENT_TOO_LARGE = 413;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;
    private static final long SECOND = 1_000_000;

    public Judgement {
        refusing = List.copyOf(refusing);
        onTrial = List.copyOf(onTrial);
        standings = List.copyOf(standings);
    }

    /** Status of the gateway's own answer; empty if the backend answers. */
    public OptionalInt status() {
        return switch (verdict) {
            case ALLOWED -> OptionalInt.empty();
            case BLOCKED, FORBIDDEN -> OptionalInt.of(FORBIDDEN);
            case UNAUTHENTICATED -> OptionalInt.of(UNAUTHORIZED);
            case REFUSED -> OptionalInt.of(retryAfterSeconds().isPresent() ? toWait() : whatNeverFits());
        };
    }

    private int toWait() {
        return atCapacity() ? UNAVAILABLE : TOO_MANY_REQUESTS;
    }

    private int whatNeverFits() {
        PlannedLimit.Allowance allowance = refusing.get(0).allowance();
        if (allowance instanceof PlannedLimit.Allowance.TooLittle) {
            return CONTENT_TOO_LARGE;
        }
        return allowance instanceof PlannedLimit.Allowance.Undeclared ? LENGTH_REQUIRED : TOO_MANY_REQUESTS;
    }

    private boolean atCapacity() {
        return refusing.stream().allMatch(limit -> limit.denyStatus() == UNAVAILABLE);
    }

    /**
     * Whole seconds until a refused request would fit, rounded up: the least that the gateway tells. Empty if it was not
     * refused, or if waiting does not help.
     */
    public OptionalLong retryAfterSeconds() {
        return standings.stream()
                .filter(Standing::refuses)
                .mapToLong(standing -> Math.floorDiv(standing.usage().waitMicros() + SECOND - 1, SECOND))
                .max();
    }
}
