package io.headgate.policy.match;

/** A family of response headers that tell clients about their limits. */
public enum HeaderFamily {
    /** {@code RateLimit} and {@code RateLimit-Policy} of the IETF draft. */
    IETF,
    /** {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset}. */
    LEGACY
}
