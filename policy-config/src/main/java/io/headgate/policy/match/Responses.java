package io.headgate.policy.match;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What refusals say besides the numbers.
 *
 * @param problemTypeBase base of the problem types, {@code null} for those of the IETF draft
 * @param docs page that explains the limits, if there is one
 * @param upgrade page that sells more, if there is one
 */
public record Responses(
        @Nullable URI problemTypeBase,
        @Nullable URI docs,
        @Nullable URI upgrade) {}
