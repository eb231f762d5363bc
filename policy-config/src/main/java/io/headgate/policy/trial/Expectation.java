package io.headgate.policy.trial;

import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.replay.Judgement;
import io.headgate.policy.replay.Standing;
import io.headgate.policy.replay.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is expected of the answers to a step's requests. What it does not name may be anything.
 *
 * @param verdict what becomes of each request
 * @param allowed how many of the step's requests are allowed
 * @param by the limits that refuse each request, all of them
 * @param shadow the limits in shadow mode that would have refused each request, all of them
 * @param status status of the gateway's own answer to each request
 * @param retryAfter what a refusal of the step's last request tells the client at least; of an empty optional, that
 *     waiting does not help
 * @param remaining what is left of limits after the step's last request
 * @param route which route takes each request
 * @param plan the caller's plan
 */
public record Expectation(
        Optional<Verdict> verdict,
        OptionalInt allowed,
        Optional<Set<String>> by,
        Optional<Set<String>> shadow,
        OptionalInt status,
        Optional<OptionalLong> retryAfter,
        Map<String, Long> remaining,
        Optional<String> route,
        Optional<String> plan) {

    public Expectation {
        by = by.map(TreeSet::new);
        shadow = shadow.map(TreeSet::new);
        remaining = Map.copyOf(remaining);
    }

    /** How each answer differs from what is expected of every one; empty if it does not. */
    List<Difference> ofEach(Judgement judged) {
        List<Difference> found = new ArrayList<>();
        compare("verdict", verdict, judged.verdict(), found);
        compare("by", by, names(judged.refusing()), found);
        compare("shadow", shadow, names(judged.onTrial()), found);
        if (status.isPresent()) {
            compare("status", Optional.of(statusText(status)), statusText(judged.status()), found);
        }
        compare("route", route, Objects.requireNonNullElse(judged.route(), "none"), found);
        compare("plan", plan, judged.plan(), found);
        return found;
    }

    /** How the last answer differs from what is expected of it. */
    List<Difference> ofLast(Judgement judged) {
        List<Difference> found = new ArrayList<>();
        retryAfter.ifPresent(wait ->
                compare("retry-after", Optional.of(waitText(wait)), waitText(judged.retryAfterSeconds()), found));
        remaining.forEach((limit, left) -> compare(
                "remaining " + limit,
                Optional.of(left.toString()),
                judged.standings().stream()
                        .filter(standing -> standing.limit().name().equals(limit))
                        .findFirst()
                        .map(Expectation::left)
                        .orElse("not counted"),
                found));
        return found;
    }

    /** How the number of requests that were allowed differs from what is expected. */
    List<Difference> ofCount(int count) {
        List<Difference> found = new ArrayList<>();
        if (allowed.isPresent()) {
            compare("allowed", Optional.of(allowed.getAsInt()), count, found);
        }
        return found;
    }

    private static String left(Standing standing) {
        return String.valueOf(standing.usage().remaining());
    }

    private static Set<String> names(List<PlannedLimit> limits) {
        return limits.stream().map(PlannedLimit::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String statusText(OptionalInt status) {
        return status.isPresent() ? String.valueOf(status.getAsInt()) : "the backend's";
    }

    private static String waitText(OptionalLong seconds) {
        return seconds.isPresent() ? seconds.getAsLong() + "s" : "never";
    }

    private static <T> void compare(String what, Optional<T> expected, T actual, List<Difference> found) {
        if (expected.isPresent() && !expected.get().equals(actual)) {
            found.add(new Difference(what, text(expected.get()), text(actual)));
        }
    }

    private static String text(Object value) {
        if (value instanceof Set<?> names) {
            return names.isEmpty()
                    ? "none"
                    : names.stream().map(Object::toString).collect(Collectors.joining(", "));
        }
        return value.toString();
    }

    /** Something that was expected, and what was there instead. */
    public record Difference(String what, String expected, String actual) {}
}
