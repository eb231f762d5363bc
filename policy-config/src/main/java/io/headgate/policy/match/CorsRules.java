package io.headgate.policy.match;

import java.time.Duration;
import java.util.List;

/**
 * Which pages of other origins may call, in browsers.
 *
 * @param allowedOrigins origins such as {@code https://app.example.com}, {@code https://*.example.com} or {@code *}; none if
 *     it is the backends' business
 * @param maxAge how long a browser may remember the answer
 */
public record CorsRules(List<String> allowedOrigins, Duration maxAge) {

    /** How long browsers may remember an answer, unless a policy says otherwise. */
    public static final Duration USUAL_MAX_AGE = Duration.ofHours(1);

    /** The policy has nothing to say. */
    public static final CorsRules NONE = new CorsRules(List.of(), USUAL_MAX_AGE);

    public CorsRules {
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    /** Whether the gateway answers for the backends. */
    public boolean areOurs() {
        return !allowedOrigins.isEmpty();
    }
}
