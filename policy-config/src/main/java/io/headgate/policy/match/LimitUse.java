package io.headgate.policy.match;

/**
 * A limit as one route uses it.
 *
 * @param limit which limit
 * @param treatment what it does on this route
 * @param cost what one request takes from it; if that is the same for all, at most what every plan's amount could ever admit
 */
public record LimitUse(LimitRule limit, Treatment treatment, Cost cost) {}
