package io.headgate.policy.match;

import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the policy tells callers apart.
 *
 * @param trustedProxies networks whose {@code X-Forwarded-For} is believed
 * @param groupIpv4 prefix by which IPv4 addresses count as one client
 * @param groupIpv6 prefix by which IPv6 addresses count as one client
 * @param userClaim token claim that holds the user's id
 * @param tenantClaim token claim that holds the tenant, if tenants are known
 * @param planClaim token claim that holds the plan, if tokens name one
 * @param rolesClaim token claim that holds the roles, if tokens name some
 * @param countedClaims further token claims that limits count by
 * @param defaultPlan plan of a verified caller whose credential names no plan or an unknown one
 * @param anonymousPlan plan of a caller without a credential
 */
public record IdentityRules(
        List<Cidr> trustedProxies,
        int groupIpv4,
        int groupIpv6,
        String userClaim,
        @Nullable String tenantClaim,
        @Nullable String planClaim,
        @Nullable String rolesClaim,
        Set<String> countedClaims,
        String defaultPlan,
        String anonymousPlan) {
    public IdentityRules {
        trustedProxies = List.copyOf(trustedProxies);
        countedClaims = Set.copyOf(countedClaims);
    }

    /** The network that counts as one client with {@code ip}. */
    public Cidr clientNetwork(IpAddress ip) {
        int prefix = ip.isIpv4() ? groupIpv4 : groupIpv6;
        return new Cidr(ip.network(prefix), prefix);
    }
}
