package io.headgate.policy.language;

import io.headgate.policy.match.Requirement;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Value;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** {@code require} of a route: {@code signed-in}, or the plans, scopes and roles that its callers need. */
final class RequireText {

    /** RFC 6749 §3.3, {@code scope-token}. */
    private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,200}");

    private static final String SIGNED_IN = "signed-in";
    private static final Requirement SOMEBODY = new Requirement(true, List.of(), List.of(), List.of());

    private final Collection<String> plans;
    private final Shapes shapes;

    /** @param plans the declared plans */
    RequireText(Collection<String> plans, Shapes shapes) {
        this.plans = plans;
        this.shapes = shapes;
    }

    Requirement read(Value value) {
        if (value instanceof Value.Scalar) {
            return shapes.oneOf("require", value, List.of(SIGNED_IN))
                    .map(word -> SOMEBODY)
                    .orElse(Requirement.NONE);
        }
        return shapes.mapping("require", value).map(this::read).orElse(Requirement.NONE);
    }

    private Requirement read(Value.Mapping mapping) {
        Fields fields = new Fields(shapes, "require", mapping);
        Requirement requirement = new Requirement(
                false,
                names("plans", fields, item -> shapes.known("plans", item, plans)),
                names("scopes", fields, item -> scope(item, shapes)),
                names("roles", fields, item -> shapes.text("roles", item).map(Value.Scalar::text)));
        if (mapping.entries().isEmpty()) {
            shapes.problems()
                    .error(
                            Code.MISSING_KEY,
                            mapping.place(),
                            "require: nothing (expected: " + SIGNED_IN + ", or plans, scopes or roles)");
        }
        fields.end();
        return requirement;
    }

    static Optional<String> scope(Value item, Shapes shapes) {
        return shapes.parsed(Code.BAD_VALUE, "scopes", item, text -> {
            if (!SCOPE.matcher(text).matches()) {
                throw new Malformed(text, 0, "one scope such as feed:read, without spaces or quotes");
            }
            return text;
        });
    }

    private List<String> names(String key, Fields fields, Function<Value, Optional<String>> read) {
        return fields.get(key)
                .map(value -> {
                    List<Value> items = shapes.oneOrMore(key, value);
                    if (items.isEmpty() && value instanceof Value.Sequence) {
                        shapes.problems()
                                .error(Code.BAD_VALUE, value.place(), key + ": an empty list (expected: at least one)");
                    }
                    return shapes.distinct(key, items, read);
                })
                .orElse(List.of());
    }
}
