package io.headgate.policy.match;

/**
 * A limit as one route uses it.
 *
 * @param limit which limit
 * @param treatment what it does on this route
 * @param cost tokens that one request consumes, at least 1 and at most what every plan's amount could ever admit
 */
public record LimitUse(LimitRule limit, Treatment treatment, long cost) {}
