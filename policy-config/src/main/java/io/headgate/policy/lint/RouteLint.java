package io.headgate.policy.lint;

import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.RoutePattern;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.match.RoutesByPath;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Problems;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Routes that take less than they seem to. */
final class RouteLint {

    /**
     * What the one canonical spelling of a path never contains: path parameters, an encoded character that need not be
     * encoded (RFC 3986, section 2.3), lower-case hexadecimal digits.
     */
    private static final Pattern NEVER_SPELT = Pattern.compile(
            ";|%(?:2[DdEe]|3\\d|4[1-9A-Fa-f]|5[0-9Aa]|5[Ff]|6[1-9A-Fa-f]|7[0-9Aa]|7[Ee])" + "|%[0-9A-Fa-f]?[a-f]");

    private RouteLint() {}

    static void check(PolicyRules rules, Problems problems) {
        RoutesByPath byPath = RoutesByPath.of(rules.routes());
        for (RouteRule route : rules.routes()) {
            Optional<String> reason = neverSpelt(route.pattern()).or(() -> takenByOthers(route, byPath));
            if (reason.isPresent()) {
                problems.warning(
                        Code.UNREACHABLE_ROUTE,
                        route.place(),
                        "route " + route.name() + " (" + route.pattern() + "): takes no request, since "
                                + reason.get());
            } else if (leavesHeadUnlimited(route, byPath)) {
                problems.warning(
                        Code.HEAD_WITHOUT_LIMITS,
                        route.place(),
                        "route " + route.name() + " (" + route.pattern()
                                + "): limits GET, but HEAD for the same path has no route and so no limits (expected:"
                                + " GET|HEAD)");
            }
        }
    }

    private static Optional<String> neverSpelt(RoutePattern pattern) {
        return pattern.segments().stream()
                .filter(segment -> NEVER_SPELT.matcher(segment).find())
                .findFirst()
                .map(segment -> "no path is spelt " + segment + " once it is in its canonical form");
    }

    /** Whether routes for the same paths but fewer methods, which go before it, leave none of its methods to it. */
    private static Optional<String> takenByOthers(RouteRule route, RoutesByPath routes) {
        Set<String> methods = route.pattern().methods();
        if (methods.isEmpty()) {
            return Optional.empty(); // there is always a method that nobody thought of
        }
        Set<String> taken = new HashSet<>();
        for (RouteRule other : routes.meeting(route.pattern())) {
            if (isNarrowerByMethods(other.pattern(), route.pattern())) {
                taken.addAll(other.pattern().methods());
            }
        }
        boolean allTaken = taken.containsAll(methods);
        return allTaken ? Optional.of("more specific routes take each of its methods") : Optional.empty();
    }

    private static boolean isNarrowerByMethods(RoutePattern inner, RoutePattern outer) {
        return inner.segments().equals(outer.segments())
                && inner.open() == outer.open()
                && inner.suffixes().equals(outer.suffixes())
                && inner.hosts().equals(outer.hosts())
                && inner.headers().equals(outer.headers())
                && !inner.methods().isEmpty()
                && !inner.methods().equals(outer.methods())
                && outer.methods().containsAll(inner.methods());
    }

    private static boolean leavesHeadUnlimited(RouteRule route, RoutesByPath routes) {
        RoutePattern pattern = route.pattern();
        return !route.limits().isEmpty()
                && pattern.methods().contains("GET")
                && !pattern.methods().contains("HEAD")
                && Stream.of(routes.meeting(pattern), routes.meetingOnAnyHost(pattern))
                        .flatMap(Set::stream)
                        .noneMatch(other -> takesWherever(pattern, "HEAD", other.pattern()));
    }

    /** Whether {@code outer} takes {@code method} on every path of {@code inner}. */
    private static boolean takesWherever(RoutePattern inner, String method, RoutePattern outer) {
        boolean takesMethod = outer.methods().isEmpty() || outer.methods().contains(method);
        boolean takesHost = outer.hosts().isEmpty() || outer.hosts().equals(inner.hosts());
        boolean takesFields =
                outer.headers().values().isEmpty() || outer.headers().equals(inner.headers());
        return takesMethod
                && takesHost
                && takesFields
                && leadsWithin(inner, outer)
                && endsWithin(inner.suffixes(), outer.suffixes());
    }

    private static boolean leadsWithin(RoutePattern inner, RoutePattern outer) {
        int length = outer.segments().size();
        if (inner.segments().size() < length) {
            return false;
        }
        if (!outer.open() && (inner.open() || inner.segments().size() > length)) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            String segment = outer.segments().get(i);
            if (!segment.equals(RoutePattern.ANY)
                    && !segment.equals(inner.segments().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean endsWithin(Set<String> inner, Set<String> outer) {
        return outer.isEmpty()
                || (!inner.isEmpty()
                        && inner.stream().allMatch(ending -> outer.stream().anyMatch(ending::endsWith)));
    }
}
