package io.headgate.policy.language;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.SubjectKind;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Suggestions;
import io.headgate.policy.source.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The limits of a policy, for those who refer to them. The name of a limit that could not be read is known all the
 * same, so that one mistake is one problem.
 */
final class DeclaredLimits {

    private final Set<String> names;
    private final Map<String, DeclaredLimit> readable;
    private final Shapes shapes;

    DeclaredLimits(Set<String> names, Map<String, DeclaredLimit> readable, Shapes shapes) {
        this.names = names;
        this.readable = new LinkedHashMap<>(readable);
        this.shapes = shapes;
    }

    /** The limits that could be read, in the order of declaration. */
    Collection<DeclaredLimit> all() {
        return readable.values();
    }

    List<LimitRule> rules() {
        return readable.values().stream().map(DeclaredLimit::rule).toList();
    }

    /** Token claims that limits count by. */
    Set<String> countedClaims() {
        return readable.values().stream()
                .flatMap(limit -> limit.rule().per().stream())
                .filter(kind -> kind.source() == SubjectKind.Source.CLAIM)
                .map(SubjectKind::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The limit with this name, if it could be read. */
    Optional<DeclaredLimit> get(String name) {
        return Optional.ofNullable(readable.get(name));
    }

    /** The name of a limit that stands as a value. */
    Optional<String> name(String field, Value value) {
        return shapes.known(field, value, names);
    }

    /**
     * The amount that {@code entry} gives the limit that is its key.
     *
     * @param what names the surrounding mapping in messages
     * @param otherKeys what else may stand in that mapping
     */
    Optional<Allotment> amount(String what, Value.Entry entry, String... otherKeys) {
        String name = entry.key().text();
        if (!names.contains(name)) {
            List<String> candidates = new ArrayList<>(names);
            candidates.addAll(List.of(otherKeys));
            shapes.problems()
                    .error(
                            Code.UNKNOWN_NAME,
                            entry.key().place(),
                            what + ": there is no limit " + Shapes.shown(name) + " (expected: "
                                    + Shapes.anyOf(List.copyOf(names)) + ")",
                            Suggestions.closest(name, candidates).orElse(null));
        }
        return get(name)
                .flatMap(DeclaredLimit::syntax)
                .flatMap(syntax -> LimitsSection.amount(name, syntax, entry.value(), shapes));
    }
}
