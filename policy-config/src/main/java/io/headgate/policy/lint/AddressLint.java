package io.headgate.policy.lint;

import io.headgate.policy.match.BlockRule;
import io.headgate.policy.match.ExemptRule;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.OverrideRule;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.SubjectKind;
import io.headgate.policy.match.Target;
import io.headgate.policy.net.Cidr;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Problems;
import java.util.Optional;

/** Addresses that are not those of clients. */
final class AddressLint {

    private AddressLint() {}

    static void check(PolicyRules rules, Declarations declared, Problems problems) {
        if (declared.find("identity", "client-ip", "trusted-proxies").isEmpty()) {
            rules.limits().stream()
                    .filter(limit -> limit.per().contains(SubjectKind.IP))
                    .findFirst()
                    .ifPresent(limit -> warnOfUnknownProxies(limit, problems));
        }
        for (OverrideRule override : rules.overrides()) {
            proxy(override.target(), rules)
                    .ifPresent(proxy -> problems.warning(
                            Code.OVERRIDE_COVERS_PROXY,
                            override.place(),
                            "override for " + override.target() + ": overlaps the trusted proxies " + proxy
                                    + ", so it holds for whatever they do not name a client for"));
        }
        for (ExemptRule exempt : rules.exempt()) {
            proxy(exempt.target(), rules)
                    .ifPresent(proxy -> problems.warning(
                            Code.LIST_COVERS_PROXY,
                            exempt.place(),
                            "exempt: " + exempt.target() + ": overlaps the trusted proxies " + proxy
                                    + ", so limits never refuse whatever they do not name a client for"));
        }
        for (BlockRule block : rules.blocked()) {
            proxy(block.target(), rules)
                    .ifPresent(proxy -> problems.warning(
                            Code.LIST_COVERS_PROXY,
                            block.place(),
                            "block: " + block.target() + ": overlaps the trusted proxies " + proxy
                                    + ", so whatever they do not name a client for is turned away"));
        }
    }

    /** The trusted proxies that a network overlaps. */
    private static Optional<Cidr> proxy(Target target, PolicyRules rules) {
        return target instanceof Target.Network network
                ? rules.identity().trustedProxies().stream()
                        .filter(proxy -> overlap(proxy, network.cidr()))
                        .findFirst()
                : Optional.empty();
    }

    private static void warnOfUnknownProxies(LimitRule limit, Problems problems) {
        problems.warning(
                Code.NO_TRUSTED_PROXIES,
                limit.place(),
                "limit " + limit.name() + ": counts by ip, but identity.client-ip.trusted-proxies is not said: behind a"
                        + " load balancer all callers have its address (expected: its networks, or [] if there is"
                        + " none)");
    }

    private static boolean overlap(Cidr one, Cidr other) {
        return one.contains(other.network()) || other.contains(one.network());
    }
}
