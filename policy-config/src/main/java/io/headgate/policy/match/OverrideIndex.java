package io.headgate.policy.match;

import io.headgate.policy.match.OverrideRule.Target;
import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finds the exceptions in force for a caller. The clock is read only for callers who have one. */
final class OverrideIndex {

    private final Map<Target, List<OverrideRule>> byTarget = new HashMap<>();
    /** Prefix lengths in use by IPv4 and IPv6 networks, shortest first. */
    private final int[] prefixes4;

    private final int[] prefixes6;
    private final boolean users;
    private final boolean tenants;
    private final InstantSource clock;

    OverrideIndex(List<OverrideRule> overrides, InstantSource clock) {
        this.clock = clock;
        TreeSet<Integer> in4 = new TreeSet<>();
        TreeSet<Integer> in6 = new TreeSet<>();
        boolean forUsers = false;
        boolean forTenants = false;
        for (OverrideRule override : overrides) {
            Target target = override.target();
            byTarget.computeIfAbsent(target, any -> new ArrayList<>()).add(override);
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

    /** The exceptions in force, from the widest target to the narrowest: networks, then the tenant, then the user. */
    List<OverrideRule> inForce(Caller caller, IpAddress ip) {
        List<OverrideRule> found = List.of();
        for (int prefix : ip.isIpv4() ? prefixes4 : prefixes6) {
            found = plus(found, new Target.Network(new Cidr(ip.network(prefix), prefix)));
        }
        String tenant = caller.tenant();
        if (tenants && tenant != null) {
            found = plus(found, new Target.Tenant(tenant));
        }
        String user = caller.user();
        if (users && user != null) {
            found = plus(found, new Target.User(user));
        }
        if (!found.isEmpty()) {
            Instant now = clock.instant();
            found.removeIf(override -> !now.isBefore(override.until()));
        }
        return found;
    }

    private List<OverrideRule> plus(List<OverrideRule> found, Target target) {
        List<OverrideRule> more = byTarget.getOrDefault(target, List.of());
        if (more.isEmpty()) {
            return found;
        }
        List<OverrideRule> all = found.isEmpty() ? new ArrayList<>() : found;
        all.addAll(more);
        return all;
    }
}
