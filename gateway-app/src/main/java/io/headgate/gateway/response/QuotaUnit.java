package io.headgate.gateway.response;

import io.headgate.policy.match.TokenUnit;
import java.util.Optional;

/** What a quota is of, as clients read it: a quota unit of the IETF draft. */
public final class QuotaUnit {

    private QuotaUnit() {}

    /** The unit's name; empty for requests, which need not be said. */
    public static Optional<String> of(TokenUnit unit) {
        return switch (unit) {
            case REQUESTS -> Optional.empty();
            case BYTES -> Optional.of("content-bytes");
            case SLOTS -> Optional.of("concurrent-requests");
        };
    }
}
