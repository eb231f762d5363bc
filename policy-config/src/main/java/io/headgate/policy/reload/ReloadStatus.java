package io.headgate.policy.reload;

import io.headgate.policy.source.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which policy is in force, and whether the files say something else by now.
 *
 * @param revision how many policies have been in force since the start, from 1
 * @param hash digest of the policy in force
 * @param loadedAt when it came into force
 * @param rejected problems of the files as they are now, if they cannot be used
 */
public record ReloadStatus(long revision, String hash, Instant loadedAt, Optional<List<Problem>> rejected) {}
