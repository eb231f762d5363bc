package io.headgate.load.bench.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * How much a policy says about the same requests. In either size each of them is held to four limits, by everyone, the address
 * and twice the user, all so high that nothing is refused.
 */
public enum PolicySize {
    /** A route for each group of paths, and four limits. */
    SMALL(1, "/**"),
    /** A route for each path, and a hundred limits, four for each route. */
    LARGE(49, "");

    private static final int GROUPS = 10;
    private static final int TOPICS = 100;

    private final int pairsOfUserLimits;
    private final String beyondGroup;

    PolicySize(int pairsOfUserLimits, String beyondGroup) {
        this.pairsOfUserLimits = pairsOfUserLimits;
        this.beyondGroup = beyondGroup;
    }

    /** The paths that the routes of either size take. */
    public static List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (int group = 0; group < GROUPS; group++) {
            for (int topic = 0; topic < TOPICS; topic++) {
                paths.add("/api/feed/group-" + group + "/topic-" + topic);
            }
        }
        return paths;
    }

    /** The policy, with one plan, {@code bench}. */
    public String policy() {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: limits/v1
                kind: Policy
                # A call that the store did not decide must show, not pass.
                defaults: { on-store-failure: closed, store-timeout: 1s }
                identity: { plan: { default: bench }, anonymous: { plan: bench } }
                limits:
                  gateway: { per: everyone, rate: 1M/s burst 1M }
                  ip: { per: ip, rate: 1M/s burst 1M, stage: before-auth }
                """);
        StringBuilder amounts = new StringBuilder();
        for (int pair = 0; pair < pairsOfUserLimits; pair++) {
            yaml.append("  rate-" + pair + ": { per: user, type: rate }\n");
            yaml.append("  hourly-" + pair + ": { per: user, type: window }\n");
            amounts.append("    rate-" + pair + ": 1M/s burst 1M\n");
            amounts.append("    hourly-" + pair + ": 1_000M/h\n");
        }
        yaml.append("plans:\n  bench:\n").append(amounts).append("routes:\n");
        int route = 0;
        for (String pattern : patterns()) {
            int pair = route % pairsOfUserLimits;
            yaml.append("  route-" + route + ":\n    match: GET " + pattern + "\n");
            yaml.append("    limits: [gateway, ip, rate-" + pair + ", hourly-" + pair + "]\n");
            route++;
        }
        return yaml.toString();
    }

    private List<String> patterns() {
        return beyondGroup.isEmpty()
                ? paths()
                : paths().stream()
                        .map(path -> path.substring(0, path.lastIndexOf('/')))
                        .distinct()
                        .map(group -> group + beyondGroup)
                        .toList();
    }
}
