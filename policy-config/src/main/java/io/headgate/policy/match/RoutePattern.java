package io.headgate.policy.match;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which requests a route takes. A path is its non-empty segments: {@code /files}, {@code /files/} and {@code //files}
 * are the same, so that no spelling of a path slips past its limits.
 *
 * @param hosts host names in lower case, or {@code *.} and the end of host names; empty for any
 * @param methods HTTP methods; empty for any
 * @param segments literal segments, or {@link #ANY} for exactly one of any text
 * @param open whether any number of further segments may follow
 * @param suffixes endings of the path of which one must match; empty for any
 * @param headers header fields that must be there
 */
public record RoutePattern(
        Set<String> hosts,
        Set<String> methods,
        List<String> segments,
        boolean open,
        Set<String> suffixes,
        HeaderConditions headers) {

    /** The methods that a policy can name; a gateway refuses all others. */
    public static final List<String> KNOWN_METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

    /** The segment that stands for any one segment. */
    public static final String ANY = "*";

    public RoutePattern {
        hosts = Set.copyOf(hosts);
        methods = Set.copyOf(methods);
        segments = List.copyOf(segments);
        suffixes = Set.copyOf(suffixes);
    }

    /** A pattern on any host, whatever the header fields. */
    public RoutePattern(Set<String> methods, List<String> segments, boolean open, Set<String> suffixes) {
        this(Set.of(), methods, segments, open, suffixes, HeaderConditions.NONE);
    }

    /** The same requests, and those of other methods. */
    RoutePattern byAnyMethod() {
        return new RoutePattern(hosts, Set.of(), segments, open, suffixes, headers);
    }

    /** Which of two patterns a request that both match belongs to. */
    public enum Precedence {
        /** No request matches both. */
        DISJOINT,
        /** This one: it is more specific. */
        THIS,
        /** The other one: it is more specific. */
        OTHER,
        /** Neither is more specific. */
        TIED
    }

    /**
     * Whether some request matches both and belongs to neither. Where hosts differ, the narrower host decides, and
     * nothing else is compared.
     */
    public boolean ties(RoutePattern other) {
        boolean sameHost = hosts.isEmpty() ? other.hosts.isEmpty() : !Collections.disjoint(hosts, other.hosts);
        return sameHost && against(other) == Precedence.TIED;
    }

    /**
     * Compares two patterns for one host. The one whose path matches only what the other's path matches too is more
     * specific; with equal paths the one with the narrower suffixes; with equal suffixes the one with fewer methods; with
     * equal methods the one that asks more of the header fields.
     */
    Precedence against(RoutePattern other) {
        if (!overlap(methods, other.methods) || !suffixesOverlap(other) || !headers.overlap(other.headers)) {
            return Precedence.DISJOINT;
        }
        Precedence byPath = paths(other);
        if (byPath != Precedence.TIED || !samePath(other)) {
            return byPath;
        }
        Precedence bySuffix = narrower(suffixesWithin(other), other.suffixesWithin(this));
        if (bySuffix != Precedence.TIED || !suffixes.equals(other.suffixes)) {
            return bySuffix;
        }
        Precedence byMethod = narrower(within(methods, other.methods), within(other.methods, methods));
        return byMethod != Precedence.TIED || !methods.equals(other.methods)
                ? byMethod
                : narrower(headers.within(other.headers), other.headers.within(headers));
    }

    private static Precedence narrower(boolean thisWithin, boolean otherWithin) {
        if (thisWithin == otherWithin) {
            return Precedence.TIED;
        }
        return thisWithin ? Precedence.THIS : Precedence.OTHER;
    }

    boolean samePath(RoutePattern other) {
        return open == other.open && segments.equals(other.segments);
    }

    private Precedence paths(RoutePattern other) {
        int shared = Math.min(segments.size(), other.segments.size());
        boolean thisWithin = true;
        boolean otherWithin = true;
        for (int i = 0; i < shared; i++) {
            String mine = segments.get(i);
            String theirs = other.segments.get(i);
            if (!mine.equals(theirs)) {
                if (!mine.equals(ANY) && !theirs.equals(ANY)) {
                    return Precedence.DISJOINT;
                }
                thisWithin &= theirs.equals(ANY);
                otherWithin &= mine.equals(ANY);
            }
        }
        boolean otherReachesFurther = other.segments.size() > shared;
        boolean thisReachesFurther = segments.size() > shared;
        if ((otherReachesFurther && !open) || (thisReachesFurther && !other.open)) {
            return Precedence.DISJOINT;
        }
        thisWithin &= !otherReachesFurther && (other.open || !open);
        otherWithin &= !thisReachesFurther && (open || !other.open);
        return narrower(thisWithin, otherWithin);
    }

    private boolean suffixesOverlap(RoutePattern other) {
        return suffixes.isEmpty()
                || other.suffixes.isEmpty()
                || suffixes.stream()
                        .anyMatch(mine -> other.suffixes.stream()
                                .anyMatch(theirs -> mine.endsWith(theirs) || theirs.endsWith(mine)));
    }

    private boolean suffixesWithin(RoutePattern other) {
        if (suffixes.isEmpty() || other.suffixes.isEmpty()) {
            return other.suffixes.isEmpty();
        }
        return suffixes.stream().allMatch(mine -> other.suffixes.stream().anyMatch(mine::endsWith));
    }

    private static boolean overlap(Set<String> one, Set<String> other) {
        return one.isEmpty() || other.isEmpty() || !Collections.disjoint(one, other);
    }

    /** Whether {@code inner} is a subset of {@code outer}, where an empty set is the set of all. */
    private static boolean within(Set<String> inner, Set<String> outer) {
        return outer.isEmpty() || (!inner.isEmpty() && outer.containsAll(inner));
    }

    /** Whether it takes a request whose host and path segments have been found to match. */
    boolean takes(RequestFacts facts) {
        return (methods.isEmpty() || methods.contains(facts.method()))
                && endsAsRequired(facts.path())
                && headers.holdFor(facts.headers());
    }

    private boolean endsAsRequired(String path) {
        if (suffixes.isEmpty()) {
            return true;
        }
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        for (String suffix : suffixes) {
            if (path.startsWith(suffix, end - suffix.length())) {
                return true;
            }
        }
        return false;
    }

    /** The pattern as a policy writes it. */
    @Override
    public String toString() {
        String verb = methods.isEmpty() ? "" : methods.stream().sorted().collect(Collectors.joining("|")) + " ";
        String path = segments.stream().map(segment -> "/" + segment).collect(Collectors.joining());
        String tail = open ? "/**" : path.isEmpty() ? "/" : "";
        String endings = suffixes.isEmpty()
                ? ""
                : suffixes.stream().sorted().collect(Collectors.joining(", ", " ending in ", ""));
        String host = hosts.isEmpty() ? "" : hosts.stream().sorted().collect(Collectors.joining(" or ", " on ", ""));
        return verb + path + tail + endings + host + headers;
    }
}
