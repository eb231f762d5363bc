package io.headgate.gateway.ratelimit;

import io.headgate.limiter.LimitKey;
import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Two requests share the counter of a limit if and only if they are the same in all that the limit counts by. The input is
 * two requests of six lines each: user, tenant, claim, header, address, path.
 */
public final class KeyFuzz {

    private static final String POLICY = """
            apiVersion: limits/v1
            kind: Policy
            identity: { user: jwt.sub, tenant: jwt.org, client-ip: { group-ipv4: /24, group-ipv6: /48 } }
            limits:
              user:       { per: user, rate: 1/s }
              tenant:     { per: tenant, rate: 1/s }
              ip:         { per: ip, rate: 1/s }
              claim:      { per: jwt.device, rate: 1/s }
              header:     { per: header.X-Client, rate: 1/s }
              user-route: { per: [user, route], rate: 1/s }
              two:        { per: [user, jwt.device], rate: 1/s }
              all:        { per: [tenant, jwt.device, header.X-Client, ip], rate: 1/s }
            routes:
              one: { match: GET /a/**, limits: [user, tenant, ip, claim, header, user-route, two, all] }
              two: { match: GET /b/**, limits: [user, tenant, ip, claim, header, user-route, two, all] }
            """;

    private static final PolicySet RULES = rules();

    private KeyFuzz() {}

    private record Request(
            @Nullable String user,
            @Nullable String tenant,
            @Nullable String claim,
            String header,
            IpAddress ip,
            String route) {

        static Request of(List<String> lines) {
            return new Request(
                    absent(lines.get(0)),
                    absent(lines.get(1)),
                    absent(lines.get(2)),
                    lines.get(3),
                    IpAddress.parse(lines.get(4)).orElse(new IpOf(lines.get(4)).address()),
                    lines.get(5).startsWith("b") ? "b" : "a");
        }

        private static @Nullable String absent(String line) {
            return line.isEmpty() ? null : line;
        }

        RequestFacts facts() {
            Map<String, String> claims = claim == null ? Map.of() : Map.of("device", claim);
            return new RequestFacts(
                    "GET",
                    "localhost",
                    "/" + route + "/x",
                    name -> name.equalsIgnoreCase("X-Client") ? header : null,
                    ip,
                    new Caller(user, tenant, null, claims));
        }

        String network() {
            return ip.network(ip.isIpv4() ? 24 : 48).toString();
        }

        /** What a limit counts by, as a list that is equal to another one exactly if they share the counter. */
        Map<String, List<String>> counted() {
            List<String> who = user == null ? List.of("ip", network()) : List.of("user", user);
            Map<String, List<String>> counted = new HashMap<>();
            counted.put("user", who);
            counted.put("ip", List.of(network()));
            counted.put("header", List.of(header));
            counted.put("user-route", List.of(who.get(0), who.get(1), route));
            if (tenant != null) {
                counted.put("tenant", List.of(tenant));
            }
            if (claim != null) {
                counted.put("claim", List.of(claim));
                counted.put("two", List.of(who.get(0), who.get(1), claim));
            }
            if (tenant != null && claim != null) {
                counted.put("all", List.of(tenant, claim, header, network()));
            }
            return counted;
        }
    }

    /** An address of a text that is none. */
    private record IpOf(String text) {

        IpAddress address() {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return IpAddress.ofBytes(Arrays.copyOf(bytes, bytes.length % 2 == 0 ? 4 : 16));
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        // As UTF-8, which is how claims come; header fields can be less only.
        List<String> lines = new ArrayList<>(List.of(new String(input, StandardCharsets.UTF_8).split("\n", -1)));
        while (lines.size() < 12) {
            lines.add("");
        }
        Request one = Request.of(lines.subList(0, 6));
        Request other = Request.of(lines.subList(6, 12));
        Map<String, LimitKey> ofOne = keys(one);
        Map<String, LimitKey> ofOther = keys(other);
        check(ofOne.keySet().equals(one.counted().keySet()), "not counted as its fields say", one, one);
        for (Map.Entry<String, List<String>> counted : one.counted().entrySet()) {
            boolean same = counted.getValue().equals(other.counted().get(counted.getKey()));
            boolean shared = Objects.equals(ofOne.get(counted.getKey()), ofOther.get(counted.getKey()));
            check(same == shared, counted.getKey() + (shared ? " is shared" : " is not shared"), one, other);
        }
        check(List.copyOf(ofOne.values()).stream().distinct().count() == ofOne.size(), "limits share a key", one, one);
    }

    private static Map<String, LimitKey> keys(Request request) {
        Map<String, LimitKey> keys = new HashMap<>();
        LimitPlan plan = RULES.match(request.facts());
        for (PlannedLimit limit : plan.limits()) {
            if (limit.allowance() instanceof Allowance.Metered metered) {
                keys.put(limit.name(), metered.charge().key());
            }
        }
        return keys;
    }

    private static PolicySet rules() {
        LoadResult result = new PolicyLoader(Instant::now).parse("fuzz.yaml", POLICY);
        if (result instanceof LoadResult.Loaded loaded) {
            return loaded.policy();
        }
        throw new AssertionError(result);
    }

    private static void check(boolean holds, String otherwise, Request one, Request other) {
        if (!holds) {
            throw new AssertionError(otherwise + ": " + one + ", " + other);
        }
    }
}
