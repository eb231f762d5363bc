package io.headgate.policy.language;

import io.headgate.limiter.Quota;
import io.headgate.policy.match.Cost;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.TokenUnit;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Suggestions;
import io.headgate.policy.source.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code cost}: what a request on one route takes from each of its limits. A number is the cost of every limit that counts
 * requests; a mapping says it limit by limit.
 */
final class RouteCosts {

    /** What an upload's creation has not reserved. */
    static final String UNRESERVED = new Cost.Unreserved().toString();

    private static final List<String> SOURCES = Stream.concat(
                    Arrays.stream(Cost.Source.values()).map(Cost.Source::toString), Stream.of(UNRESERVED))
            .toList();

    private final Shapes shapes;
    private final String route;
    private final Place place;
    private Cost ofRequests = Cost.ONE;
    private final Map<String, Cost> named = new HashMap<>();
    /** Limits that the mapping says something about, readable or not. */
    private final Set<String> stated = new HashSet<>();

    /** @param place where the route is declared */
    RouteCosts(String route, Place place, Shapes shapes) {
        this.route = route;
        this.place = place;
        this.shapes = shapes;
    }

    void read(Value value, List<DeclaredLimit> limits) {
        if (value instanceof Value.Mapping mapping) {
            mapping.entries().forEach(entry -> read(entry, limits));
        } else {
            shapes.wholeNumber("cost", value, 1, Quota.MAX_COUNT)
                    .ifPresent(number -> ofRequests = new Cost.Fixed(number));
        }
    }

    private void read(Value.Entry entry, List<DeclaredLimit> limits) {
        List<String> names = limits.stream().map(DeclaredLimit::name).toList();
        shapes.known("cost", entry.key(), names).ifPresent(name -> {
            stated.add(name);
            LimitRule limit = limits.get(names.indexOf(name)).rule();
            if (limit.unit() == TokenUnit.SLOTS) {
                shapes.problems()
                        .error(
                                Code.CONFLICT,
                                entry.key().place(),
                                "cost: of limit " + name
                                        + ", of which every request takes one slot (expected: nothing)");
            } else {
                shapes.parsed(Code.BAD_NUMBER, "cost", entry.value(), text -> parse(text, limit.unit()))
                        .ifPresent(cost -> named.put(name, cost));
            }
        });
    }

    private static Cost parse(String text, TokenUnit unit) throws Malformed {
        if (text.startsWith("$")) {
            return declared(text, unit);
        }
        long tokens = CountText.parse(new Word(text, 0), unit);
        if (tokens == 0) {
            throw new Malformed(text, 0, "more than zero");
        }
        return new Cost.Fixed(tokens);
    }

    private static Cost declared(String text, TokenUnit unit) throws Malformed {
        if (unit != TokenUnit.BYTES) {
            throw new Malformed(text, 0, "a number, since the limit counts requests");
        }
        if (text.equals(UNRESERVED)) {
            return new Cost.Unreserved();
        }
        return Arrays.stream(Cost.Source.values())
                .filter(source -> source.toString().equals(text))
                .findFirst()
                .<Cost>map(Cost.Declared::new)
                .orElseThrow(() -> new Malformed(
                        text,
                        0,
                        "a size, or " + Shapes.anyOf(SOURCES),
                        Suggestions.closest(text, SOURCES).orElse(null)));
    }

    /** The costs of those limits of which something has been read. */
    Map<String, Cost> stated(List<DeclaredLimit> limits) {
        Map<String, Cost> costs = new HashMap<>(named);
        if (named.isEmpty() && stated.isEmpty()) {
            limits.stream()
                    .filter(limit -> limit.rule().unit() == TokenUnit.REQUESTS)
                    .forEach(limit -> costs.put(limit.name(), ofRequests));
        }
        return costs;
    }

    /** What a request takes from {@code limit}; reported and empty if nobody can tell. */
    Optional<Cost> of(LimitRule limit) {
        if (limit.unit() == TokenUnit.SLOTS) {
            return Optional.of(Cost.ONE);
        }
        if (limit.unit() == TokenUnit.BYTES && !stated.contains(limit.name())) {
            shapes.problems()
                    .error(
                            Code.MISSING_KEY,
                            place,
                            "route " + route + ": no cost of limit " + limit.name()
                                    + ", which counts bytes (expected: cost: { " + limit.name()
                                    + ": $content-length }, or another source or size)");
            return Optional.empty();
        }
        return Optional.of(named.getOrDefault(limit.name(), ofRequests));
    }
}
