package io.headgate.policy.match;

import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Finds what a policy says of a caller. The clock is read only for callers of whom it says something.
 *
 * @param <R> what it says
 */
final class TargetIndex<R extends Targeted> {

    private final Map<Target, List<R>> byTarget = new HashMap<>();
    /** Prefix lengths in use by IPv4 and IPv6 networks, shortest first. */
    private final int[] prefixes4;

    private final int[] prefixes6;
    private final boolean users;
    private final boolean tenants;
    private final InstantSource clock;

    /** @param known whom requests show instead of a target */
    TargetIndex(List<R> rules, InstantSource clock, UnaryOperator<Target> known) {
        this.clock = clock;
        TreeSet<Integer> in4 = new TreeSet<>();
        TreeSet<Integer> in6 = new TreeSet<>();
        boolean forUsers = false;
        boolean forTenants = false;
        for (R rule : rules) {
            Target target = known.apply(rule.target());
            byTarget.computeIfAbsent(target, any -> new ArrayList<>()).add(rule);
            forUsers |= target instanceof Target.User;
            forTenants |= target instanceof Target.Tenant;
            if (target instanceof Target.Network network) {
                Cidr cidr = network.cidr();
                (cidr.network().isIpv4() ? in4 : in6).add(cidr.prefix());
            }
        }
        users = forUsers;
        tenants = forTenants;
        prefixes4 = in4.stream().mapToInt(Integer::intValue).toArray();
        prefixes6 = in6.stream().mapToInt(Integer::intValue).toArray();
    }

    /** All that holds now, from the widest target to the narrowest: networks, then the tenant, then the user. */
    List<R> inForce(Caller caller, IpAddress ip) {
        return withoutEnded(ofCaller(caller, ofAddress(ip)));
    }

    /** What holds now for an address, from the widest network to the narrowest. */
    List<R> inForce(IpAddress ip) {
        return withoutEnded(ofAddress(ip));
    }

    /** What holds now for a caller from whatever address: of the tenant, then of the user. */
    List<R> inForce(Caller caller) {
        return withoutEnded(ofCaller(caller, List.of()));
    }

    private List<R> ofAddress(IpAddress ip) {
        List<R> found = List.of();
        for (int prefix : ip.isIpv4() ? prefixes4 : prefixes6) {
            found = plus(found, new Target.Network(new Cidr(ip.network(prefix), prefix)));
        }
        return found;
    }

    private List<R> ofCaller(Caller caller, List<R> before) {
        List<R> found = before;
        String tenant = caller.tenant();
        if (tenants && tenant != null) {
            found = plus(found, new Target.Tenant(tenant));
        }
        String user = caller.user();
        if (users && user != null) {
            found = plus(found, new Target.User(user));
        }
        return found;
    }

    private List<R> withoutEnded(List<R> found) {
        if (!found.isEmpty()) {
            Instant now = clock.instant();
            found.removeIf(rule -> rule.endedBy(now));
        }
        return found;
    }

    private List<R> plus(List<R> found, Target target) {
        List<R> more = byTarget.getOrDefault(target, List.of());
        if (more.isEmpty()) {
            return found;
        }
        List<R> all = found.isEmpty() ? new ArrayList<>() : found;
        all.addAll(more);
        return all;
    }
}
