package io.headgate.policy.language;

import io.headgate.policy.match.Protocol;
import io.headgate.policy.match.RoutePattern;
import io.headgate.policy.match.StaleRule;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Value;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** {@code stale} of a route: for how long its answers may be given after their time. */
final class StaleText {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private final Fields route;
    private final Shapes shapes;

    StaleText(Fields route, Shapes shapes) {
        this.route = route;
        this.shapes = shapes;
    }

    /**
     * What the route says.
     *
     * @param pattern its requests, if they could be read
     * @param protocol what it speaks
     */
    StaleRule read(Optional<RoutePattern> pattern, Protocol protocol) {
        Optional<Value> value = route.get("stale");
        if (value.isEmpty()) {
            return StaleRule.NONE;
        }
        boolean whole = protocol instanceof Protocol.Plain || protocol instanceof Protocol.Hls;
        Set<String> methods = pattern.map(RoutePattern::methods).orElse(Set.of());
        if (!whole || (!methods.isEmpty() && !methods.contains("GET"))) {
            shapes.problems()
                    .error(
                            Code.CONFLICT,
                            route.placeOf("stale"),
                            "stale: the route has no answers that could be kept (expected: GET in match, and no"
                                    + " protocol but hls)");
        }
        return shapes.mapping("stale", value.get())
                .flatMap(mapping -> {
                    Fields fields = new Fields(shapes, "stale", mapping);
                    Duration whileRevalidate = duration(fields, "while-revalidate");
                    Duration ifError = duration(fields, "if-error");
                    if (!fields.has("while-revalidate") && !fields.has("if-error")) {
                        fields.need("if-error", "while-revalidate, if-error or both, as durations");
                    }
                    fields.end();
                    return Optional.of(new StaleRule(whileRevalidate, ifError));
                })
                .orElse(StaleRule.NONE);
    }

    private Duration duration(Fields fields, String key) {
        return fields.get(key)
                .flatMap(value -> shapes.duration(key, value, SHORTEST, LONGEST))
                .orElse(Duration.ZERO);
    }
}
