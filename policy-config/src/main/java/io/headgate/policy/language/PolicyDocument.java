package io.headgate.policy.language;

import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sections of a policy, gathered from all of its files: named things are merged by name, lists are joined, and what
 * there is one of stands in one file only.
 */
final class PolicyDocument {

    static final String API_VERSION = "limits/v1";
    static final String KIND = "Policy";

    /** A named thing: its name as a key, and what is said about it. */
    record Named(Value.Scalar key, Value value) {
        String name() {
            return key.text();
        }
    }

    private final Shapes shapes;
    private final Map<String, Value.Entry> single = new LinkedHashMap<>();
    private final Map<String, Map<String, Named>> named = new LinkedHashMap<>();
    private final Map<String, List<Value>> joined = new LinkedHashMap<>();

    private PolicyDocument(Shapes shapes) {
        this.shapes = shapes;
    }

    static PolicyDocument of(List<Value> files, Shapes shapes) {
        PolicyDocument document = new PolicyDocument(shapes);
        for (Value file : files) {
            shapes.mapping("policy", file).ifPresent(document::add);
        }
        document.demandRoutes(files);
        return document;
    }

    private void add(Value.Mapping file) {
        Fields fields = new Fields(shapes, "policy", file);
        constant(fields, "apiVersion", API_VERSION);
        constant(fields, "kind", KIND);
        for (String section : List.of("metadata", "defaults", "responses", "cors", "identity")) {
            fields.get(section).ifPresent(value -> addSingle(section, fields.placeOf(section), value));
        }
        for (String section : List.of("limits", "plans", "routes", "breakers")) {
            fields.get(section).ifPresent(value -> addNamed(section, value));
        }
        join("overrides", "overrides", fields);
        join("schedules", "schedules", fields);
        join("rollouts", "rollouts", fields);
        fields.get("lists").flatMap(value -> shapes.mapping("lists", value)).ifPresent(mapping -> {
            Fields lists = new Fields(shapes, "lists", mapping);
            join("lists.block", "block", lists);
            join("lists.exempt", "exempt", lists);
            lists.end();
        });
        fields.end();
    }

    /** A policy that says nothing about any request is a mistake, such as a file cut short. */
    private void demandRoutes(List<Value> files) {
        boolean readable = files.stream().allMatch(Value.Mapping.class::isInstance);
        if (readable && named("routes").isEmpty()) {
            shapes.problems()
                    .fileError(
                            Code.MISSING_KEY,
                            files.get(0).place().file().name(),
                            "no routes (expected: at least one route)");
        }
    }

    private void constant(Fields fields, String key, String expected) {
        fields.need(key, expected)
                .ifPresent(value -> shapes.parsed(Code.BAD_VALUE, key, value, text -> {
                    if (!text.equals(expected)) {
                        throw new Malformed(text, 0, expected);
                    }
                    return text;
                }));
    }

    private void addSingle(String section, Place place, Value value) {
        Value.Entry earlier =
                single.putIfAbsent(section, new Value.Entry(new Value.Scalar(section, false, place), value));
        if (earlier != null) {
            duplicate(section, place, earlier.key().place());
        }
    }

    private void addNamed(String section, Value value) {
        Map<String, Named> things = named.computeIfAbsent(section, any -> new LinkedHashMap<>());
        shapes.mapping(section, value).ifPresent(mapping -> {
            for (Value.Entry entry : mapping.entries()) {
                Named thing = new Named(entry.key(), entry.value());
                Named earlier = things.putIfAbsent(thing.name(), thing);
                if (earlier != null) {
                    duplicate(
                            section + " " + Shapes.shown(thing.name()),
                            thing.key().place(),
                            earlier.key().place());
                }
            }
        });
    }

    private void join(String list, String key, Fields fields) {
        fields.get(key)
                .ifPresent(value ->
                        joined.computeIfAbsent(list, any -> new ArrayList<>()).addAll(shapes.list(key, value)));
    }

    private void duplicate(String what, Place place, Place earlier) {
        shapes.problems().error(Code.DUPLICATE, place, what + ": stands twice; first at " + earlier);
    }

    /** A section there is one of. */
    Optional<Fields> section(String section) {
        return Optional.ofNullable(single.get(section))
                .flatMap(entry -> shapes.mapping(section, entry.value()))
                .map(mapping -> new Fields(shapes, section, mapping));
    }

    /** The named things in a section, in the order of the files. */
    List<Named> named(String section) {
        return List.copyOf(named.getOrDefault(section, Map.of()).values());
    }

    /** The items of a list, in the order of the files: {@code overrides}, {@code schedules}, {@code lists.block} and so on. */
    List<Value> joined(String list) {
        return List.copyOf(joined.getOrDefault(list, List.of()));
    }
}
