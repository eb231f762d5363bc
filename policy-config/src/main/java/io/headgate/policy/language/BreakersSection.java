package io.headgate.policy.language;

import io.headgate.policy.match.BreakerRule;
import io.headgate.policy.match.BreakerRule.Refund;
import io.headgate.policy.match.ConcurrencyRule;
import io.headgate.policy.match.HedgeRule;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Suggestions;
import io.headgate.policy.source.Value;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code breakers}: when a backend is ill. */
final class BreakersSection {

    private static final List<String> BACKENDS = List.of("upload", "feed", "playback");
    private static final Pattern OPEN_WHEN =
            Pattern.compile("(\\d{1,3})% of (\\d{1,6}) calls(?: within (\\w{1,20}))? fail");
    private static final String EXAMPLE = "such as 50% of 100 calls fail, or 50% of 20 calls within 30s fail";
    private static final int MOST_CALLS = 10_000;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration LONGEST_WINDOW = Duration.ofMinutes(10);

    private final Shapes shapes;

    private BreakersSection(Shapes shapes) {
        this.shapes = shapes;
    }

    static Map<String, BreakerRule> read(List<PolicyDocument.Named> breakers, Shapes shapes) {
        BreakersSection section = new BreakersSection(shapes);
        Map<String, BreakerRule> rules = new LinkedHashMap<>();
        for (PolicyDocument.Named breaker : breakers) {
            section.rule(breaker).ifPresent(rule -> rules.put(rule.backend(), rule));
        }
        return rules;
    }

    /** Share of failures, and of which calls. */
    private record OpenWhen(int failurePercent, int calls, Optional<Duration> within) {}

    private Optional<BreakerRule> rule(PolicyDocument.Named breaker) {
        if (!BACKENDS.contains(breaker.name())) {
            shapes.problems()
                    .error(
                            Code.UNKNOWN_NAME,
                            breaker.key().place(),
                            "breakers: there is no backend " + Shapes.shown(breaker.name()) + " (expected: "
                                    + Shapes.anyOf(BACKENDS) + ")",
                            Suggestions.closest(breaker.name(), BACKENDS).orElse(null));
        }
        return shapes.mapping("breaker " + breaker.name(), breaker.value()).flatMap(mapping -> {
            Fields fields = new Fields(shapes, "breaker " + breaker.name(), mapping);
            Optional<OpenWhen> openWhen = fields.need("open-when", EXAMPLE)
                    .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "open-when", value, BreakersSection::openWhen));
            Optional<Duration> slowCall = fields.get("slow-call").flatMap(value -> durationOrNone("slow-call", value));
            Optional<Duration> timeout =
                    fields.need("timeout", "a duration, or none").flatMap(value -> durationOrNone("timeout", value));
            Optional<Duration> idle = fields.get("idle").flatMap(value -> durationOrNone("idle", value));
            Optional<Duration> total = fields.get("total").flatMap(value -> durationOrNone("total", value));
            Optional<Duration> retryAfter =
                    fields.need("retry-after", "a duration").flatMap(value -> wholeSeconds("retry-after", value));
            Refund refund = fields.get("refund")
                    .flatMap(value -> shapes.choice("refund", value, Refund.class))
                    .orElse(Refund.UNREACHED);
            ConcurrencyRule concurrency = fields.get("concurrency")
                    .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "concurrency", value, BreakersSection::concurrency))
                    .orElse(new ConcurrencyRule.Adaptive());
            HedgeRule hedge = fields.get("hedge").map(this::hedge).orElse(new HedgeRule.None());
            fields.end();
            return openWhen.flatMap(when -> retryAfter.map(wait -> new BreakerRule(
                    breaker.name(),
                    when.failurePercent,
                    when.calls,
                    when.within,
                    slowCall,
                    timeout,
                    idle,
                    total,
                    wait,
                    refund,
                    concurrency,
                    hedge)));
        });
    }

    private static OpenWhen openWhen(String text) throws Malformed {
        Matcher matcher = OPEN_WHEN.matcher(text);
        if (!matcher.matches()) {
            throw new Malformed(text, 0, EXAMPLE);
        }
        int percent = Integer.parseInt(matcher.group(1));
        int calls = Integer.parseInt(matcher.group(2));
        if (percent < 1 || percent > 100) {
            throw new Malformed(matcher.group(1), 0, "from 1 to 100");
        }
        if (calls < 1 || calls > MOST_CALLS) {
            throw new Malformed(matcher.group(2), matcher.start(2), "from 1 to " + MOST_CALLS);
        }
        if (matcher.group(3) == null) {
            return new OpenWhen(percent, calls, Optional.empty());
        }
        Duration within = DurationText.parse(matcher.group(3));
        if (within.toMillis() % 1_000 != 0 || within.isZero() || within.compareTo(LONGEST_WINDOW) > 0) {
            throw new Malformed(
                    matcher.group(3),
                    matcher.start(3),
                    "whole seconds, at most " + DurationText.format(LONGEST_WINDOW));
        }
        return new OpenWhen(percent, calls, Optional.of(within));
    }

    private static ConcurrencyRule concurrency(String text) throws Malformed {
        if (text.equals("adaptive")) {
            return new ConcurrencyRule.Adaptive();
        } else if (text.equals("none")) {
            return new ConcurrencyRule.None();
        } else if (text.matches("\\d{1,6}") && Integer.parseInt(text) >= 1) {
            return new ConcurrencyRule.Fixed(Integer.parseInt(text));
        }
        throw new Malformed(text, 0, "adaptive, none, or a number from 1 to 999999");
    }

    private HedgeRule hedge(Value value) {
        if (value instanceof Value.Scalar scalar && scalar.text().equals("p95")) {
            return new HedgeRule.AfterP95();
        }
        if (value instanceof Value.Scalar scalar && scalar.text().startsWith("p")) {
            shapes.parsed(Code.BAD_VALUE, "hedge", value, text -> {
                throw new Malformed(text, 0, "p95, none, or a duration such as 200ms");
            });
            return new HedgeRule.None();
        }
        return durationOrNone("hedge", value)
                .<HedgeRule>map(HedgeRule.After::new)
                .orElse(new HedgeRule.None());
    }

    /** A duration; empty for {@code none}, and for what is reported. */
    private Optional<Duration> durationOrNone(String field, Value value) {
        boolean none = value instanceof Value.Scalar scalar && scalar.text().equals("none");
        return none ? Optional.empty() : shapes.duration(field, value, Duration.ofMillis(1), LONGEST);
    }

    private Optional<Duration> wholeSeconds(String field, Value value) {
        return shapes.parsed(Code.BAD_NUMBER, field, value, text -> {
            Duration duration = DurationText.parse(text);
            if (duration.toMillis() % 1_000 != 0 || duration.compareTo(LONGEST) > 0) {
                throw new Malformed(text, 0, "whole seconds, at most " + DurationText.format(LONGEST));
            }
            return duration;
        });
    }
}
