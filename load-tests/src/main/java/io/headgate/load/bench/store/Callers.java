package io.headgate.load.bench.store;

import java.util.List;

/** Whom the limits of a call count. Each caller has subjects of its own, so that no counter is hotter than another. */
final class Callers {

    /** How many there are. */
    static final int COUNT = 10_000;

    private Callers() {}

    /** What a call of this caller is counted by, as many as there are limits. */
    static List<String> subjects(int caller, int limits) {
        return List.of("user-" + caller, "address-" + caller, "device-" + caller, "tenant-" + caller)
                .subList(0, limits);
    }
}
