package io.headgate.policy.match;

import io.headgate.limiter.OnStoreFailure;
import java.util.Optional;

/**
 * What a limit does with its verdicts.
 *
 * @param mode whether it refuses or only counts; empty if it is switched off
 * @param onStoreFailure what it says when the store does not answer
 * @param denyStatus HTTP status of its refusals, 429 or 503
 */
public record Treatment(Optional<PlannedLimit.Mode> mode, OnStoreFailure onStoreFailure, int denyStatus) {}
