package io.headgate.policy.language;

import io.headgate.policy.match.PlannedLimit;
import java.util.Optional;

/** How seriously a verdict is taken, from the strictest to the most lenient. */
enum DeclaredMode {
    ENFORCE,
    SHADOW,
    DISABLED;

    /** The mode of a limit at work; empty if it is switched off. */
    Optional<PlannedLimit.Mode> atWork() {
        return switch (this) {
            case ENFORCE -> Optional.of(PlannedLimit.Mode.ENFORCE);
            case SHADOW -> Optional.of(PlannedLimit.Mode.SHADOW);
            case DISABLED -> Optional.empty();
        };
    }

    /**
     * What holds where a limit and a route both say something: the more lenient. A dry run or a switch-off is thus
     * never undone from elsewhere.
     */
    static DeclaredMode combined(Optional<DeclaredMode> limit, Optional<DeclaredMode> route, DeclaredMode otherwise) {
        if (limit.isPresent() && route.isPresent()) {
            return limit.get().compareTo(route.get()) > 0 ? limit.get() : route.get();
        }
        return limit.or(() -> route).orElse(otherwise);
    }
}
