package io.headgate.policy.language;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Grants;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problems;
import io.headgate.policy.source.SourceFile;
import io.headgate.policy.source.Value;
import io.headgate.policy.source.YamlReader;
import io.headgate.policy.trial.PolicyTest;
import io.headgate.policy.trial.Step;
import io.headgate.policy.trial.TestFile;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads tests of policies. */
public final class TestLanguage {

    private static final String KIND = "PolicyTest";
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final int MOST_TIMES = 100_000;
    private static final Duration LONGEST = Duration.ofDays(366);

    /** When a test begins that does not say so: always the same moment, so that it always ends the same. */
    private static final Instant USUAL_START = Instant.parse("2026-01-01T00:00:00Z");

    private final Shapes shapes;
    private final Map<String, KnownCaller> callers = new LinkedHashMap<>();

    /**
     * A caller that requests can be sent as.
     *
     * @param accepted whether the credential is; then the caller is known
     */
    private record KnownCaller(Caller caller, IpAddress ip, boolean accepted) {}

    private TestLanguage(Shapes shapes) {
        this.shapes = shapes;
    }

    /** The tests of a file; if anything is wrong with them, {@code problems} has errors. */
    public static Optional<TestFile> read(PolicyText text, Problems problems) {
        Shapes shapes = new Shapes(problems);
        for (SourceFile file : text.files()) {
            return YamlReader.read(file, problems)
                    .flatMap(root -> shapes.mapping("policy test", root))
                    .map(root -> new TestLanguage(shapes).file(new Fields(shapes, "policy test", root)));
        }
        return Optional.empty();
    }

    private TestFile file(Fields fields) {
        fields.need("apiVersion", PolicyDocument.API_VERSION)
                .ifPresent(value -> shapes.oneOf("apiVersion", value, List.of(PolicyDocument.API_VERSION)));
        fields.need("kind", KIND).ifPresent(value -> shapes.oneOf("kind", value, List.of(KIND)));
        Optional<String> policy = fields.get("policy")
                .flatMap(value -> shapes.text("policy", value))
                .map(Value.Scalar::text);
        Instant start = fields.get("start").flatMap(value -> start(value)).orElse(USUAL_START);
        fields.need("callers", "who sends requests")
                .flatMap(value -> shapes.mapping("callers", value))
                .ifPresent(mapping -> mapping.entries().forEach(this::caller));
        List<PolicyTest> tests = new ArrayList<>();
        fields.need("tests", "the tests by name")
                .flatMap(value -> shapes.mapping("tests", value))
                .ifPresent(mapping -> mapping.entries().forEach(entry -> tests.add(test(entry, start))));
        fields.end();
        return new TestFile(policy, tests);
    }

    private Optional<Instant> start(Value value) {
        return shapes.parsed(Code.BAD_VALUE, "start", value, text -> UntilText.parse(text, ZoneOffset.UTC));
    }

    private void caller(Value.Entry entry) {
        String name = entry.key().text();
        shapes.mapping("caller " + Shapes.shown(name), entry.value()).ifPresent(mapping -> {
            Fields fields = new Fields(shapes, "caller " + Shapes.shown(name), mapping);
            Optional<IpAddress> ip = fields.need("ip", "the address it calls from")
                    .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "ip", value, TestLanguage::address));
            Optional<String> user = word("user", fields);
            Optional<String> tenant = word("tenant", fields);
            Optional<String> plan = word("plan", fields);
            Map<String, String> claims = words("claims", fields);
            Grants grants = new Grants(
                    Set.copyOf(fields.some("scopes", item -> RequireText.scope(item, shapes))),
                    Set.copyOf(fields.some(
                            "roles", item -> shapes.text("roles", item).map(Value.Scalar::text))));
            boolean accepted = fields.get("credential")
                    .flatMap(value -> shapes.oneOf("credential", value, List.of("accepted", "rejected")))
                    .map("accepted"::equals)
                    .orElse(true);
            fields.end();
            boolean nobody = user.isEmpty()
                    && (tenant.isPresent() || plan.isPresent() || !claims.isEmpty() || !grants.equals(Grants.NONE));
            if (nobody || (user.isPresent() && !accepted)) {
                shapes.problems()
                        .error(
                                Code.CONFLICT,
                                mapping.place(),
                                "caller " + Shapes.shown(name)
                                        + (nobody
                                                ? ": tenant, plan, claims, scopes and roles come with a user"
                                                : ": whose credential is rejected is nobody (expected: no user)"));
            }
            Caller known = new Caller(user.orElse(null), tenant.orElse(null), plan.orElse(null), claims, grants);
            ip.ifPresent(address -> callers.put(name, new KnownCaller(known, address, accepted)));
        });
    }

    private static IpAddress address(String text) throws Malformed {
        return IpAddress.parse(text)
                .orElseThrow(() -> new Malformed(text, 0, "an address such as 192.0.2.7 or 2001:db8::7"));
    }

    private Optional<String> word(String key, Fields fields) {
        return fields.get(key).flatMap(value -> shapes.text(key, value)).map(Value.Scalar::text);
    }

    private Map<String, String> words(String key, Fields fields) {
        Map<String, String> words = new LinkedHashMap<>();
        fields.get(key)
                .flatMap(value -> shapes.mapping(key, value))
                .ifPresent(mapping -> mapping.entries()
                        .forEach(entry -> shapes.text(key, entry.value())
                                .ifPresent(text -> words.put(entry.key().text(), text.text()))));
        return words;
    }

    /** A test is its steps, or says when it begins, too. */
    private PolicyTest test(Value.Entry entry, Instant usualStart) {
        String name = entry.key().text();
        Instant start = usualStart;
        Optional<Value> steps = Optional.of(entry.value());
        if (entry.value() instanceof Value.Mapping mapping) {
            Fields fields = new Fields(shapes, "test " + Shapes.shown(name), mapping);
            start = fields.get("start").flatMap(this::start).orElse(usualStart);
            steps = fields.need("steps", "what happens");
            fields.end();
        }
        List<Step> read = new ArrayList<>();
        steps.map(value -> shapes.list("steps", value))
                .orElse(List.of())
                .forEach(item -> shapes.mapping("step", item)
                        .flatMap(mapping -> step(new Fields(shapes, "step", mapping), read))
                        .ifPresent(read::add));
        return new PolicyTest(name, start, read, entry.key().place());
    }

    private Optional<Step> step(Fields fields, List<Step> before) {
        Optional<String> as =
                fields.need("as", "a caller").flatMap(value -> shapes.known("as", value, callers.keySet()));
        Optional<KnownCaller> sender = as.map(callers::get);
        Optional<List<Word>> send = fields.need("send", "a request such as GET /api/feed")
                .flatMap(value -> shapes.parsed(Code.BAD_VALUE, "send", value, TestLanguage::request));
        Optional<String> host = word("host", fields);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(words("headers", fields));
        Optional<Duration> at = duration("at", fields);
        int times = fields.get("times")
                .flatMap(value -> shapes.wholeNumber("times", value, 1, MOST_TIMES))
                .orElse(1L)
                .intValue();
        Duration every = duration("every", fields).orElse(Duration.ZERO);
        Duration takes = duration("takes", fields).orElse(Duration.ZERO);
        Optional<Value> expect = fields.need("expect", "allowed, refused, or more about the answer");
        fields.end();
        rejectThePast(at, before, fields);
        if (sender.isEmpty() || send.isEmpty() || expect.isEmpty()) {
            return Optional.empty();
        }
        String target = send.get().get(1).text();
        int query = target.indexOf('?');
        RequestFacts facts = new RequestFacts(
                send.get().get(0).text(),
                host.orElse("").toLowerCase(Locale.ROOT),
                query < 0 ? target : target.substring(0, query),
                query < 0 ? "" : target.substring(query + 1),
                headers::get,
                sender.get().ip(),
                sender.get().caller());
        return Optional.of(new Step(
                as.orElseThrow(),
                facts,
                sender.get().accepted(),
                at,
                times,
                every,
                takes,
                ExpectSection.read(expect.get(), shapes),
                fields.place()));
    }

    private Optional<Duration> duration(String key, Fields fields) {
        return fields.get(key).flatMap(value -> shapes.duration(key, value, Duration.ofMillis(1), LONGEST));
    }

    private void rejectThePast(Optional<Duration> at, List<Step> before, Fields fields) {
        Duration reached = Duration.ZERO;
        for (Step step : before) {
            reached = step.at().orElse(reached).plus(step.every().multipliedBy(step.times() - 1L));
        }
        if (at.isPresent() && at.get().compareTo(reached) < 0) {
            shapes.problems()
                    .error(
                            Code.BAD_VALUE,
                            fields.placeOf("at"),
                            "at: " + DurationText.format(at.get()) + " (expected: not before "
                                    + DurationText.format(reached) + ", when the step before is done)");
        }
    }

    private static List<Word> request(String text) throws Malformed {
        List<Word> words = Word.split(text);
        if (words.size() != 2) {
            throw new Malformed(text, 0, "a method and a path such as GET /api/feed");
        }
        if (!METHOD.matcher(words.get(0).text()).matches()) {
            throw words.get(0).malformed("a method such as GET");
        }
        if (!words.get(1).text().startsWith("/")) {
            throw words.get(1).malformed("a path such as /api/feed");
        }
        return words;
    }
}
