package io.headgate.policy.language;

import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Suggestions;
import io.headgate.policy.source.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The keys of one mapping. A section asks for those it knows and then calls {@link #end}, which reports the rest: a key
 * nobody asked for is a mistake.
 */
final class Fields {

    private final Shapes shapes;
    private final String what;
    private final Value.Mapping mapping;
    private final Map<String, Value.Entry> entries = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    /**
     * @param shapes reports what does not fit
     * @param what names the mapping in messages, such as {@code limit api}
     */
    Fields(Shapes shapes, String what, Value.Mapping mapping) {
        this.shapes = shapes;
        this.what = what;
        this.mapping = mapping;
        mapping.entries().forEach(entry -> entries.put(entry.key().text(), entry));
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** What {@code key} says, if it is there. */
    Optional<Value> get(String key) {
        asked.add(key);
        return Optional.ofNullable(entries.get(key)).map(Value.Entry::value);
    }

    /** What {@code key} says; reported if it is missing. */
    Optional<Value> need(String key, String expected) {
        Optional<Value> value = get(key);
        if (value.isEmpty()) {
            shapes.problems().error(Code.MISSING_KEY, place(), what + ": no " + key + " (expected: " + expected + ")");
        }
        return value;
    }

    /** What {@code key} lists, or the one item that stands there; none if it is not there. */
    <T> List<T> some(String key, Function<Value, Optional<T>> read) {
        return get(key).map(value -> shapes.some(key, value, read)).orElse(List.of());
    }

    /** The texts that {@code key} lists, or the one that stands there; none if it is not there. */
    <T> List<T> someParsed(String key, Shapes.TextParser<T> parser) {
        return some(key, item -> shapes.parsed(Code.BAD_VALUE, key, item, parser));
    }

    /** The name that {@code name} says; reported if it is missing or cannot be one. */
    Optional<String> needName() {
        return need("name", "what to call it")
                .flatMap(value -> shapes.text("name", value))
                .filter(value -> shapes.isName(what, value))
                .map(Value.Scalar::text);
    }

    /** Where the mapping begins. */
    Place place() {
        return mapping.place();
    }

    /** Where the key stands; the mapping if it is not there. */
    Place placeOf(String key) {
        Value.Entry entry = entries.get(key);
        return entry == null ? place() : entry.key().place();
    }

    /** Reports the keys that nobody asked for. */
    void end() {
        Map<String, Value.Entry> left = new HashMap<>(entries);
        left.keySet().removeAll(asked);
        left.forEach((key, entry) -> shapes.problems()
                .error(
                        Code.UNKNOWN_KEY,
                        entry.key().place(),
                        what + ": there is no key " + Shapes.shown(key) + " (expected: "
                                + Shapes.all(asked.stream().toList()) + ")",
                        Suggestions.closest(key, asked).orElse(null)));
    }
}
