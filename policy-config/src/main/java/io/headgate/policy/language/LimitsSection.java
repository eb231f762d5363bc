package io.headgate.policy.language;

import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Quota;
import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.Exactness;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.match.SubjectKind;
import io.headgate.policy.match.TokenUnit;
import io.headgate.policy.match.Treatment;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Value;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code limits}: what is limited, and per whom? */
final class LimitsSection {

    private static final Set<SubjectKind.Source> UNKNOWN_BEFORE_AUTH =
            Set.of(SubjectKind.Source.USER, SubjectKind.Source.TENANT, SubjectKind.Source.CLAIM);
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    private static final Duration LONGEST_LEASE = Duration.ofDays(7);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Set<Verb> LEASABLE = Set.of(Verb.RATE, Verb.WINDOW);
    private static final String BLOCK = "block ";
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final DefaultsSection defaults;
    private final Shapes shapes;

    private LimitsSection(DefaultsSection defaults, Shapes shapes) {
        this.defaults = defaults;
        this.shapes = shapes;
    }

    static DeclaredLimits read(List<PolicyDocument.Named> limits, DefaultsSection defaults, Shapes shapes) {
        LimitsSection section = new LimitsSection(defaults, shapes);
        Set<String> names = new LinkedHashSet<>();
        Map<String, DeclaredLimit> read = new LinkedHashMap<>();
        for (PolicyDocument.Named limit : limits) {
            names.add(limit.name());
            if (shapes.isName("limit", limit.key())) {
                shapes.mapping("limit " + limit.name(), limit.value())
                        .ifPresent(mapping -> read.put(limit.name(), section.limit(limit, mapping)));
            }
        }
        return new DeclaredLimits(names, read, shapes);
    }

    private DeclaredLimit limit(PolicyDocument.Named limit, Value.Mapping mapping) {
        Fields fields = new Fields(shapes, "limit " + limit.name(), mapping);
        List<SubjectKind> per = fields.need("per", "user, tenant, ip, route, everyone, a claim or a header")
                .map(this::per)
                .orElse(List.of());
        Optional<Verb> verb = verb(fields);
        TokenUnit unit = unit(fields, verb);
        Duration lease = lease(fields, verb);
        Optional<Duration> block = block(fields, verb);
        Optional<AmountSyntax> syntax =
                verb.map(one -> new AmountSyntax(one, unit, defaults.defaults().timezone(), lease, block));
        Optional<Allotment> amount = syntax.flatMap(one ->
                fields.get(one.verb().word()).flatMap(value -> amount(one.verb().word(), one, value, shapes)));
        Stage stage = fields.get("stage")
                .flatMap(value -> shapes.choice("stage", value, Stage.class))
                .orElse(Stage.AFTER_AUTH);
        Optional<DeclaredMode> mode =
                fields.get("mode").flatMap(value -> shapes.choice("mode", value, DeclaredMode.class));
        Treatment treatment = new Treatment(
                mode.orElse(defaults.mode()).atWork(),
                onStoreFailure(fields, shapes).orElse(defaults.onStoreFailure()),
                denyWith(fields, shapes).orElse(TOO_MANY_REQUESTS));
        boolean advertise = fields.get("advertise")
                .flatMap(value -> shapes.flag("advertise", value))
                .orElse(true);
        Exactness exactness = exactness(fields, verb);
        if (stage == Stage.BEFORE_AUTH) {
            rejectUnknownBeforeAuth(fields, limit.name(), per);
        }
        boolean pricedByPlan = fields.has("type");
        fields.end();
        LimitRule rule = new LimitRule(
                limit.name(),
                per,
                unit,
                stage,
                advertise,
                exactness,
                treatment,
                limit.key().place());
        return new DeclaredLimit(rule, syntax, pricedByPlan, amount, mode);
    }

    private List<SubjectKind> per(Value value) {
        List<SubjectKind> kinds =
                shapes.some("per", value, item -> shapes.parsed(Code.BAD_VALUE, "per", item, PerText::parse));
        if (kinds.size() > 1 && kinds.contains(SubjectKind.EVERYONE)) {
            shapes.problems()
                    .error(Code.CONFLICT, value.place(), "per: everyone and others (expected: everyone alone)");
        }
        return kinds.stream().sorted().toList();
    }

    /** The verb that stands as a key, or the one that {@code type} names. */
    private Optional<Verb> verb(Fields fields) {
        List<Verb> stated = Arrays.stream(Verb.values())
                .filter(verb -> fields.get(verb.word()).isPresent())
                .toList();
        Optional<Value> type = fields.get("type");
        if (stated.size() + (type.isPresent() ? 1 : 0) > 1) {
            shapes.problems()
                    .error(
                            Code.CONFLICT,
                            type.map(Value::place)
                                    .orElseGet(
                                            () -> fields.placeOf(stated.get(1).word())),
                            "more than one verb (expected: one of type, rate, window, quota and concurrent)");
            return Optional.empty();
        }
        if (type.isPresent()) {
            return shapes.choice("type", type.get(), Verb.class);
        }
        if (stated.isEmpty()) {
            shapes.problems()
                    .error(
                            Code.MISSING_KEY,
                            fields.place(),
                            "limit: no rate, window, quota, concurrent or type (expected: an amount for every plan, or"
                                    + " a type and amounts in the plans)");
        }
        return stated.stream().findFirst();
    }

    private TokenUnit unit(Fields fields, Optional<Verb> verb) {
        Optional<TokenUnit> stated = fields.get("unit")
                .flatMap(value -> shapes.oneOf("unit", value, List.of("requests", "bytes")))
                .map(word -> word.equals("bytes") ? TokenUnit.BYTES : TokenUnit.REQUESTS);
        if (verb.isEmpty() || verb.get() != Verb.CONCURRENT) {
            return stated.orElse(TokenUnit.REQUESTS);
        }
        if (fields.has("unit")) {
            shapes.problems()
                    .error(
                            Code.CONFLICT,
                            fields.placeOf("unit"),
                            "unit: beside concurrent, which counts what is under way (expected: no unit)");
        }
        return TokenUnit.SLOTS;
    }

    /** How long a holder keeps its slot without renewing it. */
    private Duration lease(Fields fields, Optional<Verb> verb) {
        if (fields.has("lease") && verb.isPresent() && verb.get() != Verb.CONCURRENT) {
            shapes.problems()
                    .error(
                            Code.CONFLICT,
                            fields.placeOf("lease"),
                            "lease: beside " + verb.get().word() + " (expected: beside concurrent only)");
        }
        return fields.get("lease")
                .flatMap(value -> shapes.duration("lease", value, SHORTEST_LEASE, LONGEST_LEASE))
                .orElse(LEASE);
    }

    /** How long a refusal blocks. */
    private Optional<Duration> block(Fields fields, Optional<Verb> verb) {
        if (fields.has("then") && verb.isPresent() && verb.get() == Verb.CONCURRENT) {
            shapes.problems()
                    .error(
                            Code.CONFLICT,
                            fields.placeOf("then"),
                            "then: beside concurrent, whose holders would lose what they hold (expected: beside rate,"
                                    + " window or quota)");
        }
        return fields.get("then").flatMap(value -> shapes.parsed(Code.BAD_VALUE, "then", value, LimitsSection::block));
    }

    /** How it is counted. Only what drains evenly, or by a window of any beginning, can allow for tokens that are spent later. */
    private Exactness exactness(Fields fields, Optional<Verb> verb) {
        Exactness exactness = fields.get("exactness")
                .flatMap(value -> shapes.choice("exactness", value, Exactness.class))
                .orElse(Exactness.EXACT);
        if (exactness == Exactness.LEASED
                && (fields.has("then") || verb.filter(LEASABLE::contains).isEmpty())) {
            shapes.problems()
                    .error(
                            Code.CONFLICT,
                            fields.placeOf("exactness"),
                            "exactness: leased beside "
                                    + (fields.has("then")
                                            ? "then"
                                            : verb.map(Verb::word).orElse("no verb"))
                                    + " (expected: beside rate or window, without then)");
        }
        return exactness;
    }

    private static Duration block(String text) throws Malformed {
        if (!text.startsWith(BLOCK)) {
            throw new Malformed(text, 0, "block and a duration, such as block 15min");
        }
        String length = text.substring(BLOCK.length());
        try {
            Duration block = DurationText.parse(length);
            if (block.compareTo(Quota.MAX_PERIOD) <= 0) {
                return block;
            }
        } catch (Malformed e) {
            throw new Malformed(
                    e.part(), BLOCK.length() + e.offset(), "block and a duration, such as block 15min", e.suggestion());
        }
        throw new Malformed(length, BLOCK.length(), "at most " + Quota.MAX_PERIOD.toDays() + "day");
    }

    /** An amount written as {@code syntax} says. */
    static Optional<Allotment> amount(String field, AmountSyntax syntax, Value value, Shapes shapes) {
        return shapes.parsed(Code.BAD_NUMBER, field, value, syntax::parse)
                .map(amount -> Allotment.of(amount, syntax.unit(), value.place()));
    }

    static Optional<OnStoreFailure> onStoreFailure(Fields fields, Shapes shapes) {
        return fields.get("on-store-failure")
                .flatMap(value -> shapes.choice("on-store-failure", value, OnStoreFailure.class));
    }

    static Optional<Integer> denyWith(Fields fields, Shapes shapes) {
        return fields.get("deny-with")
                .flatMap(value -> shapes.oneOf(
                        "deny-with", value, List.of(String.valueOf(TOO_MANY_REQUESTS), String.valueOf(UNAVAILABLE))))
                .map(Integer::valueOf);
    }

    private void rejectUnknownBeforeAuth(Fields fields, String name, List<SubjectKind> per) {
        if (per.stream().anyMatch(kind -> UNKNOWN_BEFORE_AUTH.contains(kind.source()))) {
            shapes.problems()
                    .error(
                            Code.UNKNOWN_BEFORE_AUTH,
                            fields.placeOf("per"),
                            "limit " + name
                                    + ": counts by user, tenant or claim, which nobody knows before authentication"
                                    + " (expected: ip, header, route or everyone)");
        }
        if (fields.has("type")) {
            shapes.problems()
                    .error(
                            Code.UNKNOWN_BEFORE_AUTH,
                            fields.placeOf("type"),
                            "limit " + name + ": takes its amount from the plan, which nobody knows before"
                                    + " authentication (expected: a rate, window, quota or concurrent here)");
        }
    }
}
