package io.headgate.policy.match;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the most specific route of a request: the tree of its host before those of wider hosts, a longer ending of the
 * host before a shorter one, and that before the tree of any host. In a tree of path segments, at each node a literal child is tried before
 * the one for any segment, and that before what the node takes with all further segments. Since patterns that tie are
 * refused at load, the first hit is the most specific one. The cost grows with the depth of the path, not with the
 * number of routes, and nothing is allocated.
 *
 * @param <R> what a route stands for
 */
final class RouteIndex<R> {

    private record Entry<R>(RoutePattern pattern, R route) {}

    /** By host, or by what a host must end with, from the dot on. */
    private final Map<String, Node<R>> hosts;

    private final Node<R> anyHost;

    private RouteIndex(Map<String, Node<R>> hosts, Node<R> anyHost) {
        this.hosts = hosts;
        this.anyHost = anyHost;
    }

    static final class Builder<R> {
        private final Map<String, Branch<R>> hosts = new HashMap<>();
        private final Branch<R> anyHost = new Branch<>();

        void add(RoutePattern pattern, R route) {
            if (pattern.hosts().isEmpty()) {
                add(anyHost, pattern, route);
            }
            for (String host : pattern.hosts()) {
                String key = host.startsWith("*") ? host.substring(1) : host;
                add(hosts.computeIfAbsent(key, any -> new Branch<>()), pattern, route);
            }
        }

        private static <R> void add(Branch<R> root, RoutePattern pattern, R route) {
            Branch<R> branch = root;
            for (String segment : pattern.segments()) {
                branch = branch.children.computeIfAbsent(segment, any -> new Branch<>());
            }
            (pattern.open() ? branch.open : branch.exact).add(new Entry<>(pattern, route));
        }

        RouteIndex<R> build() {
            Map<String, Node<R>> frozen = new HashMap<>();
            hosts.forEach((host, root) -> frozen.put(host, root.frozen()));
            return new RouteIndex<>(Map.copyOf(frozen), anyHost.frozen());
        }
    }

    private static final class Branch<R> {
        private final Map<String, Branch<R>> children = new TreeMap<>();
        private final List<Entry<R>> exact = new ArrayList<>();
        private final List<Entry<R>> open = new ArrayList<>();

        Node<R> frozen() {
            Branch<R> any = children.remove(RoutePattern.ANY);
            return new Node<>(
                    List.copyOf(children.keySet()),
                    children.values().stream().map(Branch::frozen).toList(),
                    any == null ? null : any.frozen(),
                    mostSpecificFirst(exact),
                    mostSpecificFirst(open));
        }

        /** Orders entries of one path so that each stands before those it wins against. */
        private static <R> List<Entry<R>> mostSpecificFirst(List<Entry<R>> entries) {
            List<Entry<R>> left = new ArrayList<>(entries);
            List<Entry<R>> ordered = new ArrayList<>();
            while (!left.isEmpty()) {
                Entry<R> next = left.stream()
                        .filter(one -> left.stream()
                                .noneMatch(other ->
                                        one.pattern().against(other.pattern()) == RoutePattern.Precedence.OTHER))
                        .findFirst()
                        .orElseThrow();
                left.remove(next);
                ordered.add(next);
            }
            return ordered;
        }
    }

    /**
     * @param literals literal segments that may follow, sorted
     * @param children where each of them leads
     * @param any where any other segment leads, if anywhere
     * @param exact routes whose path ends here, most specific first
     * @param open routes that take whatever follows, most specific first
     */
    private record Node<R>(
            List<String> literals,
            List<Node<R>> children,
            @Nullable Node<R> any,
            List<Entry<R>> exact,
            List<Entry<R>> open) {

        @Nullable
        R find(RequestFacts facts, int from) {
            String path = facts.path();
            int start = from;
            while (start < path.length() && path.charAt(start) == '/') {
                start++;
            }
            if (start == path.length()) {
                R route = first(exact, facts);
                return route != null ? route : first(open, facts);
            }
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            int literal = literal(path, start, end);
            R route = literal < 0 ? null : children.get(literal).find(facts, end);
            if (route == null && any != null) {
                route = any.find(facts, end);
            }
            return route != null ? route : first(open, facts);
        }

        private static <R> @Nullable R first(List<Entry<R>> entries, RequestFacts facts) {
            for (int i = 0; i < entries.size(); i++) {
                Entry<R> entry = entries.get(i);
                if (entry.pattern().takes(facts)) {
                    return entry.route();
                }
            }
            return null;
        }

        /** Binary search for the segment {@code path[start, end)} without cutting it out. */
        private int literal(String path, int start, int end) {
            int low = 0;
            int high = literals.size() - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = compare(literals.get(middle), path, start, end);
                if (order == 0) {
                    return middle;
                }
                if (order < 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return -1;
        }

        private static int compare(String literal, String path, int start, int end) {
            int shared = Math.min(literal.length(), end - start);
            for (int i = 0; i < shared; i++) {
                int difference = literal.charAt(i) - path.charAt(start + i);
                if (difference != 0) {
                    return difference;
                }
            }
            return literal.length() - (end - start);
        }
    }

    /** The route of a request, {@code null} if none takes it. */
    @Nullable
    R find(RequestFacts facts) {
        R route = hosts.isEmpty() ? null : findByHost(facts);
        return route != null ? route : anyHost.find(facts, 0);
    }

    private @Nullable R findByHost(RequestFacts facts) {
        String host = facts.host();
        R route = find(hosts.get(host), facts);
        for (int dot = host.indexOf('.'); route == null && dot >= 0; dot = host.indexOf('.', dot + 1)) {
            route = find(hosts.get(host.substring(dot)), facts);
        }
        return route;
    }

    private static <R> @Nullable R find(@Nullable Node<R> root, RequestFacts facts) {
        return root == null ? null : root.find(facts, 0);
    }
}
