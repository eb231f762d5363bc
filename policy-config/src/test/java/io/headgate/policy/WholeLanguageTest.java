package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headgate.policy.match.BlockRule;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Explanation;
import io.headgate.policy.match.Explanation.LimitVerdict;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.source.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** The example that shows the whole language, request by request. */
class WholeLanguageTest {

    private static final Path EXAMPLE = Path.of("src/test/resources/io/headgate/policy/example/public-api.yaml");
    private static final AtomicReference<Instant> NOW = new AtomicReference<>(Instant.parse("2026-06-01T12:00:00Z"));
    private static final Map<String, Caller> CALLERS = Map.of(
            "nobody", Caller.ANONYMOUS,
            "alice", new Caller("alice", null, "free"),
            "newcomer", new Caller("newcomer", "startup", null),
            "bob", new Caller("bob", "startup", "pro"),
            "carol", new Caller("carol", "acme", "free"),
            "dave", new Caller("dave", "bigcorp", "enterprise"),
            "u_42", new Caller("u_42", null, "free"),
            "u_9f3", new Caller("u_9f3", null, "pro"),
            "svc-transcoder", new Caller("svc-transcoder", null, "free"));

    private static final PolicySet POLICY = load();

    private static String text() {
        try {
            return Files.readString(EXAMPLE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PolicySet load() {
        LoadResult result = new PolicyLoader(NOW::get).parse("public-api.yaml", text());
        if (result instanceof LoadResult.Loaded loaded) {
            assertThat(loaded.warnings()).isEmpty();
            return loaded.policy();
        }
        return fail(((LoadResult.Rejected) result)
                .problems().stream().map(Problem::render).collect(Collectors.joining("\n")));
    }

    @Test
    void everyRouteSpeaksWhatItSays() {
        assertThat(POLICY.routes().stream()
                        .map(route -> route.name() + ": " + route.protocol())
                        .toList())
                .containsExactly(
                        "login: ",
                        "feed: ",
                        "feed-search: ",
                        "upload-create: tus",
                        "upload-append: tus, read at 8 MiB/s at most, slowed down to what is left of upload-bytes",
                        "upload-status: ",
                        "playback-playlist: hls",
                        "playback-media: hls");
    }

    /**
     * @param target path and query
     * @param headers {@code name=value}
     * @param limits {@code limit*cost} for each limit that counts the request, and {@code /mode} unless it is enforced
     * @param counters {@code limit(subject)} for each limit of the route that counts the request
     */
    @ParameterizedTest
    @CsvFileSource(resources = "example/requests.csv", delimiter = '|', numLinesToSkip = 1)
    void everyRequestFindsItsRouteItsLimitsTheirCostsAndTheirCounters(
            Instant now,
            String method,
            String target,
            String address,
            @Nullable String headers,
            String caller,
            @Nullable String route,
            @Nullable String limits,
            @Nullable String counters) {
        NOW.set(now);
        String[] parts = target.split("\\?", 2);
        Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (headers != null) {
            String[] field = headers.split("=", 2);
            fields.put(field[0], field[1]);
        }
        RequestFacts facts = new RequestFacts(
                method,
                "",
                parts[0],
                parts.length > 1 ? parts[1] : "",
                fields::get,
                IpAddress.parse(address).orElseThrow(),
                CALLERS.getOrDefault(caller, Caller.ANONYMOUS));
        LimitPlan plan = POLICY.match(facts);
        Explanation explanation = POLICY.explain(facts);

        assertThat(plan.route()).isEqualTo(route);
        assertThat(explanation.route().map(RouteRule::name)).isEqualTo(Optional.ofNullable(route));
        assertThat(plan.limits().stream().map(WholeLanguageTest::shown).collect(Collectors.joining(" ")))
                .isEqualTo(limits == null ? "" : limits);
        List<LimitVerdict.Applies> applying = explanation.limits().stream()
                .filter(LimitVerdict.Applies.class::isInstance)
                .map(LimitVerdict.Applies.class::cast)
                .toList();
        assertThat(applying.stream()
                        .map(verdict -> verdict.use().limit().name() + "(" + verdict.subject() + ")")
                        .collect(Collectors.joining(" ")))
                .isEqualTo(counters == null ? "" : counters);
        assertThat(plan.limits())
                .containsAll(
                        applying.stream().map(LimitVerdict.Applies::planned).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    2026-06-01T12:00:00Z | nobody | api          | 30 requests per minute with bursts of 10
                    2026-06-01T12:00:00Z | alice  | api          | 60 requests per minute with bursts of 20
                    2026-06-01T12:00:00Z | alice  | api-hourly   | 2,000 requests in any hour
                    2026-06-01T12:00:00Z | alice  | upload-bytes | 5 GiB per calendar day
                    2026-06-01T12:00:00Z | alice  | uploads-open | 3 at a time
                    2026-06-01T12:00:00Z | alice  | streams      | 1 at a time
                    2026-06-01T12:00:00Z | bob    | api-hourly   | 20,000 requests in any hour
                    2026-06-01T12:00:00Z | bob    | upload-bytes | 200 GiB per calendar day
                    2026-06-01T12:00:00Z | dave   | api          | 6,000 requests per minute with bursts of 1,000
                    2026-06-01T12:00:00Z | dave   | api-hourly   | unlimited requests
                    2026-06-01T12:00:00Z | dave   | upload-bytes | 20 TiB per calendar month
                    2026-06-01T20:00:00Z | dave   | api          | 18,000 requests per minute with bursts of 3,000
                    2026-06-01T20:00:00Z | bob    | api          | 600 requests per minute with bursts of 120
                    2026-06-02T04:00:00Z | dave   | api          | 6,000 requests per minute with bursts of 1,000
                    2026-06-01T12:00:00Z | carol  | api          | 6,000 requests per minute with bursts of 1,000
                    2026-06-01T20:00:00Z | carol  | api          | 18,000 requests per minute with bursts of 3,000
                    2027-03-31T22:00:00Z | carol  | api          | 60 requests per minute with bursts of 20
                    2026-12-15T16:59:59Z | u_42   | api          | 2,000 requests per minute with bursts of 400
                    2026-12-15T17:00:00Z | u_42   | api          | 60 requests per minute with bursts of 20
                    2026-12-05T17:00:00Z | alice  | api          | 40 requests per minute with bursts of 10
                    2026-12-05T17:00:00Z | u_42   | api          | 2,000 requests per minute with bursts of 400
                    2026-12-05T22:00:00Z | alice  | api          | 60 requests per minute with bursts of 20
                    """)
    void everyoneIsDueWhatPlanScheduleAndOverrideSay(Instant now, String caller, String limit, String words) {
        NOW.set(now);
        assertThat(POLICY.limitsOf(
                                CALLERS.getOrDefault(caller, Caller.ANONYMOUS),
                                IpAddress.parse("198.51.100.7").orElseThrow())
                        .limits())
                .filteredOn(planned -> planned.name().equals(limit))
                .extracting(PlannedLimit::words)
                .containsExactly(words);
    }

    private static String shown(PlannedLimit planned) {
        Allowance allowance = planned.allowance();
        String cost = allowance instanceof Allowance.Metered metered
                ? Long.toString(metered.charge().cost())
                : allowance.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        String mode = planned.mode() == PlannedLimit.Mode.ENFORCE
                ? ""
                : "/" + planned.mode().name().toLowerCase(Locale.ROOT);
        return planned.name() + "*" + cost + mode;
    }

    @Test
    void whoIsBlockedIsTurnedAwayUntilTheDayThatIsSaid() {
        IpAddress stuffing = IpAddress.parse("203.0.113.9").orElseThrow();
        NOW.set(Instant.parse("2026-12-31T22:59:59Z"));
        assertThat(POLICY.block(stuffing)).map(BlockRule::reason).contains("Credential stuffing, INC-4711");
        NOW.set(Instant.parse("2026-12-31T23:00:00Z"));
        assertThat(POLICY.block(stuffing)).isEmpty();
        assertThat(CALLERS.values().stream()
                        .filter(caller -> POLICY.block(caller).isPresent())
                        .map(Caller::user))
                .containsExactly("u_9f3");
    }
}
