package io.headgate.policy.match;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Routes by host and path, so that those which may take the same requests as another are found without comparing each with
 * each. Not thread-safe.
 */
public final class RoutesByPath {

    private static final Set<String> ANY_HOST = Set.of("");

    private static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private final List<RouteRule> exact = new ArrayList<>(1);
        private final List<RouteRule> open = new ArrayList<>(1);
    }

    private final Map<String, Node> hosts = new HashMap<>();

    /** No routes yet. */
    public RoutesByPath() {}

    /** Nothing but these routes. */
    public static RoutesByPath of(List<RouteRule> routes) {
        RoutesByPath all = new RoutesByPath();
        routes.forEach(all::add);
        return all;
    }

    /** Adds a route. */
    public void add(RouteRule route) {
        RoutePattern pattern = route.pattern();
        for (String host : hosts(pattern)) {
            Node node = hosts.computeIfAbsent(host, any -> new Node());
            for (String segment : pattern.segments()) {
                node = node.children.computeIfAbsent(segment, any -> new Node());
            }
            (pattern.open() ? node.open : node.exact).add(route);
        }
    }

    /** Those for a host that {@code pattern} is for too, one of whose paths is one of its paths; in no particular order. */
    public Set<RouteRule> meeting(RoutePattern pattern) {
        return meeting(pattern, hosts(pattern));
    }

    /** Those for any host, one of whose paths is one of {@code pattern}'s; in no particular order. */
    public Set<RouteRule> meetingOnAnyHost(RoutePattern pattern) {
        return meeting(pattern, ANY_HOST);
    }

    private Set<RouteRule> meeting(RoutePattern pattern, Set<String> onHosts) {
        Set<RouteRule> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (String host : onHosts) {
            Node root = hosts.get(host);
            if (root != null) {
                collect(root, pattern, 0, found);
            }
        }
        return found;
    }

    private static Set<String> hosts(RoutePattern pattern) {
        return pattern.hosts().isEmpty() ? ANY_HOST : pattern.hosts();
    }

    private static void collect(Node node, RoutePattern pattern, int depth, Set<RouteRule> into) {
        into.addAll(node.open);
        if (depth < pattern.segments().size()) {
            next(node, pattern.segments().get(depth)).forEach(child -> collect(child, pattern, depth + 1, into));
            return;
        }
        into.addAll(node.exact);
        if (pattern.open()) {
            node.children.values().forEach(child -> collect(child, pattern, depth, into));
        }
    }

    private static Collection<Node> next(Node node, String segment) {
        return segment.equals(RoutePattern.ANY)
                ? node.children.values()
                : Stream.of(node.children.get(segment), node.children.get(RoutePattern.ANY))
                        .filter(Objects::nonNull)
                        .toList();
    }
}
