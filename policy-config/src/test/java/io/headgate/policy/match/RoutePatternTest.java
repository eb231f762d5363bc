package io.headgate.policy.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.match.RoutePattern.Precedence;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.SourceFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutePatternTest {

    private static RoutePattern pattern(String line) {
        String[] words = line.split(" ", -1);
        Set<String> methods = words[0].equals("ANY") ? Set.of() : Set.of(words[0].split("\\|", -1));
        boolean open = words[1].endsWith("**");
        List<String> segments = Arrays.stream(words[1].replace("**", "").split("/", -1))
                .filter(segment -> !segment.isEmpty())
                .toList();
        Set<String> suffixes = words.length < 3 ? Set.of() : Set.of(words[2].split(",", -1));
        return new RoutePattern(methods, segments, open, suffixes);
    }

    @ParameterizedTest
    @CsvSource({
        "GET /a,           GET /b,            DISJOINT",
        "GET /a,           POST /a,           DISJOINT",
        "GET /a,           GET /a/b,          DISJOINT",
        "GET /a/*,         GET /a,            DISJOINT",
        "GET /a,           GET /a,            TIED",
        "GET /a/*,         GET /a/b,          OTHER",
        "GET /a/**,        GET /a,            OTHER",
        "GET /a/**,        GET /a/*,          OTHER",
        "GET /a/**,        GET /a/b/**,       OTHER",
        "GET /a/*/**,      GET /a/**,         THIS",
        "ANY /**,          GET /a,            OTHER",
        "GET /a/*/c,       GET /a/b/*,        TIED",
        "GET /a/*/c,       POST /a/b/*,       DISJOINT",
        "GET /a/*/**,      GET /*/b,          TIED",
        "GET /a/**,        GET /*/b/**,       TIED",
        "GET|POST /a,      GET /a,            OTHER",
        "ANY /a,           GET /a,            OTHER",
        "GET|POST /a,      GET|HEAD /a,       TIED",
        "GET|POST /a/**,   GET|HEAD /a/b,     OTHER",
        "GET /p/**,        GET /p/** .ts,     OTHER",
        "GET /p/** .ts,    GET /p/** .m3u8,   DISJOINT",
        "GET /p/** .ts,    GET /p/** .a.ts,   OTHER",
        "GET /p/** .a,     GET /p/** .a,      TIED",
        "'GET /p/** .a,.b', GET /p/** .b,      OTHER",
        "'GET /p/** .a,.b', 'GET /p/** .b,.c', TIED",
        "ANY /p/** .a,     GET /p/**,         THIS",
        "GET /p/live/**,   GET /p/** .ts,     THIS",
    })
    void theMoreSpecificPatternGoesFirst(String one, String other, Precedence expected) {
        assertThat(pattern(one.strip()).against(pattern(other.strip()))).isEqualTo(expected);
        Precedence mirrored = switch (expected) {
            case THIS -> Precedence.OTHER;
            case OTHER -> Precedence.THIS;
            default -> expected;
        };
        assertThat(pattern(other.strip()).against(pattern(one.strip()))).isEqualTo(mirrored);
    }

    /** The tree gives what trying every pattern and comparing the hits gives, on random patterns without ties. */
    @Test
    void theTreeFindsWhatTryingEveryPatternFinds() {
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            List<RoutePattern> patterns = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                RoutePattern candidate = randomPattern(random);
                if (patterns.stream().noneMatch(one -> one.against(candidate) == Precedence.TIED)) {
                    patterns.add(candidate);
                }
            }
            RouteIndex.Builder<RoutePattern> builder = new RouteIndex.Builder<>();
            patterns.forEach(pattern -> builder.add(pattern, pattern));
            RouteIndex<RoutePattern> index = builder.build();
            for (int i = 0; i < 200; i++) {
                String method = pick(random, "GET", "POST", "HEAD");
                String path = randomPath(random);
                assertThat(index.find(new RequestFacts(method, path, PolicyUnderTest.IP, Caller.ANONYMOUS)))
                        .as(method + " " + path + " in " + patterns)
                        .isEqualTo(bruteForce(patterns, method, path));
            }
        }
    }

    private static RoutePattern onHosts(String... hosts) {
        return new RoutePattern(Set.of(hosts), Set.of(), List.of(), true, Set.of(), HeaderConditions.NONE);
    }

    @Test
    void theNarrowestHostGoesFirstAndWhatItDoesNotTakeGoesToAWiderOne() {
        RoutePattern any = pattern("ANY /**");
        RoutePattern wide = onHosts("*.example.com");
        RoutePattern deep = onHosts("*.eu.example.com");
        RoutePattern exact = new RoutePattern(
                Set.of("api.example.com", "api.example.org"),
                Set.of(),
                List.of("v1"),
                true,
                Set.of(),
                HeaderConditions.NONE);
        RouteIndex.Builder<RoutePattern> builder = new RouteIndex.Builder<>();
        List.of(any, wide, deep, exact).forEach(pattern -> builder.add(pattern, pattern));
        RouteIndex<RoutePattern> index = builder.build();

        assertThat(find(index, "api.example.com", "/v1/x")).isSameAs(exact);
        assertThat(find(index, "api.example.org", "/v1")).isSameAs(exact);
        assertThat(find(index, "api.example.com", "/v2")).isSameAs(wide);
        assertThat(find(index, "www.example.com", "/v1")).isSameAs(wide);
        assertThat(find(index, "a.b.eu.example.com", "/")).isSameAs(deep);
        assertThat(find(index, "eu.example.com", "/")).isSameAs(wide);
        assertThat(find(index, "example.com", "/")).isSameAs(any);
        assertThat(find(index, "", "/v1")).isSameAs(any);
        assertThat(wide.ties(any)).isFalse();
        assertThat(wide.ties(deep)).isFalse();
        assertThat(wide.ties(onHosts("*.example.com", "example.net"))).isTrue();
    }

    private static @Nullable RoutePattern find(RouteIndex<RoutePattern> index, String host, String path) {
        return index.find(new RequestFacts("GET", host, path, HeaderFields.NONE, PolicyUnderTest.IP, Caller.ANONYMOUS));
    }

    private static RoutePattern with(Map<String, Set<String>> headers) {
        return new RoutePattern(Set.of(), Set.of(), List.of("a"), false, Set.of(), new HeaderConditions(headers));
    }

    @Test
    void withEqualPathsTheRouteThatAsksMoreOfTheHeadersGoesFirst() {
        RoutePattern plain = with(Map.of());
        RoutePattern client = with(Map.of("X-Client", Set.of()));
        RoutePattern ios = with(Map.of("x-client", Set.of("ios")));
        RoutePattern mobile = with(Map.of("X-Client", Set.of("ios", "android")));
        RoutePattern beta = with(Map.of("X-Beta", Set.of("1")));

        assertThat(client.against(plain)).isEqualTo(Precedence.THIS);
        assertThat(client.against(ios)).isEqualTo(Precedence.OTHER);
        assertThat(mobile.against(ios)).isEqualTo(Precedence.OTHER);
        assertThat(mobile.against(with(Map.of("X-Client", Set.of("web"))))).isEqualTo(Precedence.DISJOINT);
        assertThat(ios.against(beta)).isEqualTo(Precedence.TIED);
        assertThat(pattern("GET /a").against(ios)).isEqualTo(Precedence.THIS);

        RouteIndex.Builder<RoutePattern> builder = new RouteIndex.Builder<>();
        List.of(plain, client, mobile, ios).forEach(pattern -> builder.add(pattern, pattern));
        RouteIndex<RoutePattern> index = builder.build();
        assertThat(find(index, Map.of())).isSameAs(plain);
        assertThat(find(index, Map.of("x-client", "ios"))).isSameAs(ios);
        assertThat(find(index, Map.of("x-client", "android"))).isSameAs(mobile);
        assertThat(find(index, Map.of("x-client", "IOS"))).isSameAs(client);
    }

    private static @Nullable RoutePattern find(RouteIndex<RoutePattern> index, Map<String, String> headers) {
        return index.find(new RequestFacts(
                "GET",
                "",
                "/a",
                name -> headers.get(name.toLowerCase(Locale.ROOT)),
                PolicyUnderTest.IP,
                Caller.ANONYMOUS));
    }

    private static @Nullable RoutePattern bruteForce(List<RoutePattern> patterns, String method, String path) {
        RoutePattern best = null;
        for (RoutePattern pattern : patterns) {
            if (takes(pattern, method, path) && (best == null || pattern.against(best) == Precedence.THIS)) {
                best = pattern;
            }
        }
        return best;
    }

    private static boolean takes(RoutePattern pattern, String method, String path) {
        List<String> segments =
                Arrays.stream(path.split("/", -1)).filter(one -> !one.isEmpty()).toList();
        int fixed = pattern.segments().size();
        if (pattern.open() ? segments.size() < fixed : segments.size() != fixed) {
            return false;
        }
        for (int i = 0; i < fixed; i++) {
            String wanted = pattern.segments().get(i);
            if (!wanted.equals(RoutePattern.ANY) && !wanted.equals(segments.get(i))) {
                return false;
            }
        }
        String last = segments.isEmpty() ? "" : segments.get(segments.size() - 1);
        return (pattern.methods().isEmpty() || pattern.methods().contains(method))
                && (pattern.suffixes().isEmpty() || pattern.suffixes().stream().anyMatch(last::endsWith));
    }

    @Test
    void lookingAtRoutesThatMeetFindsEveryTie() {
        Random random = new Random(3);
        for (int round = 0; round < 40; round++) {
            List<RouteRule> routes = Stream.generate(() -> randomPattern(random))
                    .limit(30)
                    .map(RoutePatternTest::onSomeHosts)
                    .toList();
            RoutesByPath byPath = RoutesByPath.of(routes);
            for (RouteRule one : routes) {
                Set<RouteRule> meeting = byPath.meeting(one.pattern());
                for (RouteRule other : routes) {
                    if (one.pattern().ties(other.pattern())) {
                        assertThat(meeting).contains(other);
                    }
                }
            }
        }
    }

    private static RouteRule onSomeHosts(RoutePattern pattern) {
        Set<String> hosts = Stream.of(Set.<String>of(), Set.of("a.example"), Set.of("a.example", "*.example"))
                .skip(Math.floorMod(pattern.hashCode(), 3))
                .findFirst()
                .orElseThrow();
        RoutePattern hosted = new RoutePattern(
                hosts, pattern.methods(), pattern.segments(), pattern.open(), pattern.suffixes(), pattern.headers());
        return new RouteRule(
                "any",
                hosted,
                List.of(),
                Requirement.NONE,
                Optional.empty(),
                Protocol.PLAIN,
                StaleRule.NONE,
                new Place(new SourceFile("policy.yaml", ""), 1, 1));
    }

    private static RoutePattern randomPattern(Random random) {
        List<String> segments = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            segments.add(pick(random, "a", "b", "b.ts", RoutePattern.ANY));
        }
        Set<String> methods = random.nextInt(3) == 0 ? Set.of() : Set.of(pick(random, "GET", "POST", "HEAD"));
        Set<String> suffixes = random.nextInt(3) == 0 ? Set.of(pick(random, ".ts", ".a.ts", ".mp4")) : Set.of();
        return new RoutePattern(methods, segments, random.nextBoolean(), suffixes);
    }

    private static String randomPath(Random random) {
        StringBuilder path = new StringBuilder("/");
        for (int i = random.nextInt(5); i > 0; i--) {
            path.append(pick(random, "a", "b", "b.ts", "x.a.ts", "c", "")).append('/');
        }
        return random.nextBoolean() || path.length() == 1 ? path.toString() : path.substring(0, path.length() - 1);
    }

    private static String pick(Random random, String... words) {
        return words[random.nextInt(words.length)];
    }
}
