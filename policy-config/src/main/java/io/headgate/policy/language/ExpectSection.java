package io.headgate.policy.language;

import io.headgate.limiter.Quota;
import io.headgate.policy.replay.Verdict;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Value;
import io.headgate.policy.trial.Expectation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** {@code expect} of a test's step: a verdict, or more about the answer. */
final class ExpectSection {

    private static final int LOWEST_STATUS = 400;
    private static final int HIGHEST_STATUS = 599;
    private static final Duration LONGEST_WAIT = Duration.ofDays(366);

    private ExpectSection() {}

    static Expectation read(Value value, Shapes shapes) {
        if (value instanceof Value.Mapping mapping) {
            return read(new Fields(shapes, "expect", mapping), shapes);
        }
        return new Expectation(
                shapes.choice("expect", value, Verdict.class),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty());
    }

    private static Expectation read(Fields fields, Shapes shapes) {
        Optional<Verdict> verdict =
                fields.get("verdict").flatMap(value -> shapes.choice("verdict", value, Verdict.class));
        Optional<Set<String>> by = names("by", fields, shapes);
        Optional<OptionalLong> retryAfter = fields.get("retry-after").flatMap(value -> retryAfter(value, shapes));
        boolean refusal = by.filter(names -> !names.isEmpty()).isPresent() || retryAfter.isPresent();
        Expectation expectation = new Expectation(
                verdict.or(() -> refusal ? Optional.of(Verdict.REFUSED) : Optional.empty()),
                number("allowed", 0, Integer.MAX_VALUE, fields, shapes),
                by,
                names("shadow", fields, shapes),
                number("status", LOWEST_STATUS, HIGHEST_STATUS, fields, shapes),
                retryAfter,
                remaining(fields, shapes),
                fields.get("route")
                        .flatMap(value -> shapes.text("route", value))
                        .map(Value.Scalar::text),
                fields.get("plan").flatMap(value -> shapes.text("plan", value)).map(Value.Scalar::text));
        fields.end();
        return expectation;
    }

    private static OptionalInt number(String key, int least, int most, Fields fields, Shapes shapes) {
        return fields.get(key)
                .flatMap(value -> shapes.wholeNumber(key, value, least, most))
                .map(number -> OptionalInt.of(number.intValue()))
                .orElse(OptionalInt.empty());
    }

    private static Optional<Set<String>> names(String key, Fields fields, Shapes shapes) {
        return fields.get(key)
                .map(value -> Set.copyOf(
                        shapes.some(key, value, item -> shapes.text(key, item).map(Value.Scalar::text))));
    }

    private static Optional<OptionalLong> retryAfter(Value value, Shapes shapes) {
        if (value instanceof Value.Scalar scalar && scalar.text().equals("never")) {
            return Optional.of(OptionalLong.empty());
        }
        return shapes.duration("retry-after", value, Duration.ofSeconds(1), LONGEST_WAIT)
                .map(wait -> OptionalLong.of(wait.toSeconds()));
    }

    private static Map<String, Long> remaining(Fields fields, Shapes shapes) {
        Map<String, Long> remaining = new LinkedHashMap<>();
        fields.get("remaining")
                .flatMap(value -> shapes.mapping("remaining", value))
                .ifPresent(mapping -> mapping.entries()
                        .forEach(entry -> shapes.wholeNumber("remaining", entry.value(), 0, Quota.MAX_COUNT)
                                .ifPresent(left -> remaining.put(entry.key().text(), left))));
        if (fields.has("remaining") && remaining.isEmpty()) {
            shapes.problems()
                    .error(
                            Code.BAD_VALUE,
                            fields.placeOf("remaining"),
                            "remaining: nothing (expected: limits by name)");
        }
        return remaining;
    }
}
