package io.headgate.policy.match;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says about itself.
 *
 * @param name its name, if it has one
 * @param owner who answers for it, if it says so
 * @param runbook where to look when it bites, if it says so
 */
public record Metadata(
        @Nullable String name,
        @Nullable String owner,
        @Nullable URI runbook) {}
