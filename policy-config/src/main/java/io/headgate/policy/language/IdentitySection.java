package io.headgate.policy.language;

import io.headgate.policy.match.IdentityRules;
import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code identity}: who is it? */
final class IdentitySection {

    /** Name of the one plan of a policy that declares none. */
    static final String ONLY_PLAN = "default";

    private static final String USER_CLAIM = "sub";
    private static final Pattern CLAIM = Pattern.compile("jwt\\.([A-Za-z0-9_][A-Za-z0-9_.:/-]*)");
    private static final Pattern PREFIX = Pattern.compile("/\\d{1,3}");

    private final Shapes shapes;
    private final List<String> plans;

    private List<Cidr> trustedProxies = List.of();
    private int groupIpv4 = 32;
    private int groupIpv6 = 64;
    private String userClaim = USER_CLAIM;
    private @Nullable String tenantClaim;
    private @Nullable String planClaim;
    private @Nullable String rolesClaim;
    private String defaultPlan = ONLY_PLAN;
    private String anonymousPlan = ONLY_PLAN;
    private boolean saysDefault;
    private boolean saysAnonymous;

    private IdentitySection(Shapes shapes, List<String> plans) {
        this.shapes = shapes;
        this.plans = plans;
    }

    /**
     * @param plans the declared plans
     * @param countedClaims claims that limits count by
     */
    static IdentityRules read(
            Optional<Fields> section, List<PolicyDocument.Named> plans, Set<String> countedClaims, Shapes shapes) {
        IdentitySection identity = new IdentitySection(
                shapes, plans.stream().map(PolicyDocument.Named::name).toList());
        section.ifPresent(identity::read);
        if (!plans.isEmpty()) {
            identity.demandPlans(plans.get(0).key().place());
        }
        return new IdentityRules(
                identity.trustedProxies,
                identity.groupIpv4,
                identity.groupIpv6,
                identity.userClaim,
                identity.tenantClaim,
                identity.planClaim,
                identity.rolesClaim,
                countedClaims,
                identity.defaultPlan,
                identity.anonymousPlan);
    }

    private void demandPlans(Place place) {
        if (!saysDefault) {
            missing(place, "plan.default (expected: the plan of a caller whose credential names none)");
        }
        if (!saysAnonymous) {
            missing(place, "anonymous.plan (expected: the plan of a caller without a credential)");
        }
    }

    private void missing(Place place, String what) {
        shapes.problems().error(Code.MISSING_KEY, place, "there are plans, but identity has no " + what);
    }

    private void read(Fields identity) {
        nested(identity, "client-ip").ifPresent(this::clientIp);
        identity.get("user").flatMap(value -> claim("user", value)).ifPresent(claim -> userClaim = claim);
        identity.get("tenant").flatMap(value -> claim("tenant", value)).ifPresent(claim -> tenantClaim = claim);
        identity.get("roles").flatMap(value -> claim("roles", value)).ifPresent(claim -> rolesClaim = claim);
        nested(identity, "plan").ifPresent(plan -> {
            saysDefault = plan.has("default");
            plan.get("from").flatMap(value -> claim("from", value)).ifPresent(claim -> planClaim = claim);
            plan.get("default").flatMap(value -> plan("default", value)).ifPresent(name -> defaultPlan = name);
            plan.end();
        });
        nested(identity, "anonymous").ifPresent(anonymous -> {
            saysAnonymous = anonymous.has("plan");
            anonymous.get("plan").flatMap(value -> plan("plan", value)).ifPresent(name -> anonymousPlan = name);
            // Addresses are all there is to know of an anonymous caller; the key says so where readers look for it.
            anonymous.get("key").ifPresent(value -> shapes.oneOf("key", value, List.of("ip")));
            anonymous.end();
        });
        identity.end();
    }

    private Optional<Fields> nested(Fields fields, String key) {
        return fields.get(key)
                .flatMap(value -> shapes.mapping(key, value))
                .map(mapping -> new Fields(shapes, key, mapping));
    }

    private void clientIp(Fields fields) {
        fields.get("trusted-proxies")
                .ifPresent(value -> trustedProxies = shapes.distinct(
                        "trusted-proxies",
                        shapes.list("trusted-proxies", value),
                        item -> network("trusted-proxies", item, shapes)));
        fields.get("group-ipv4")
                .flatMap(value -> prefix("group-ipv4", value, 32))
                .ifPresent(bits -> groupIpv4 = bits);
        fields.get("group-ipv6")
                .flatMap(value -> prefix("group-ipv6", value, 128))
                .ifPresent(bits -> groupIpv6 = bits);
        fields.end();
    }

    static Optional<Cidr> network(String field, Value value, Shapes shapes) {
        return shapes.parsed(Code.BAD_VALUE, field, value, IdentitySection::network);
    }

    private static Cidr network(String text) throws Malformed {
        Cidr cidr = Cidr.parse(text)
                .orElseThrow(
                        () -> new Malformed(text, 0, "an address or a network such as 10.0.0.0/8 or 2001:db8::/32"));
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!IpAddress.parse(address).equals(Optional.of(cidr.network()))) {
            throw new Malformed(text, 0, "a network whose address has no bits beyond its prefix", cidr.toString());
        }
        return cidr;
    }

    private Optional<Integer> prefix(String field, Value value, int longest) {
        return shapes.parsed(Code.BAD_NUMBER, field, value, text -> {
            int bits = PREFIX.matcher(text).matches() ? Integer.parseInt(text.substring(1)) : 0;
            if (bits < 1 || bits > longest) {
                throw new Malformed(text, 0, "a prefix from /1 to /" + longest);
            }
            return bits;
        });
    }

    private Optional<String> claim(String field, Value value) {
        return shapes.parsed(
                Code.BAD_VALUE,
                field,
                value,
                text -> claim(text).orElseThrow(() -> new Malformed(text, 0, "a token claim such as jwt.sub")));
    }

    /** The claim that {@code jwt.sub} names; empty if the text names none. */
    static Optional<String> claim(String text) {
        Matcher matcher = CLAIM.matcher(text);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private Optional<String> plan(String field, Value value) {
        return shapes.known(field, value, plans);
    }
}
