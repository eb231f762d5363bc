package io.headgate.policy.diff;

import io.headgate.policy.match.Allotment;
import io.headgate.policy.match.Cost;
import io.headgate.policy.match.LimitUse;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.source.Place;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything a policy says but its amounts, as text: by section, by the name of the thing in it (nothing, where there is
 * one of it only), and by key. The sections are those of {@link PolicyRules}, read from its components, so that a part
 * of the language that is added there is compared without being named here.
 */
final class Statements {

    /** What is compared otherwise, or does not belong to what the policy says. */
    private static final Set<String> LEFT_OUT = Set.of("plans", "hash");

    /** Keys of which one says what a thing is called. */
    private static final List<String> NAMES = List.of("name", "backend", "target");

    private final Map<String, Map<String, Map<String, String>>> sections = new LinkedHashMap<>();

    private Statements() {}

    static Map<String, Map<String, Map<String, String>>> of(PolicyRules rules) {
        Statements statements = new Statements();
        for (RecordComponent section : PolicyRules.class.getRecordComponents()) {
            if (!LEFT_OUT.contains(section.getName())) {
                statements.section(word(section.getName()), value(section, rules));
            }
        }
        return statements.sections;
    }

    private Map<String, Map<String, String>> things(String section) {
        return sections.computeIfAbsent(section, any -> new LinkedHashMap<>());
    }

    private void section(String name, @Nullable Object value) {
        Map<String, Map<String, String>> things = things(name);
        Collection<?> several = value instanceof Map<?, ?> map
                ? map.values()
                : value instanceof Collection<?> collection ? collection : List.of();
        for (Object thing : several) {
            Map<String, String> said = new LinkedHashMap<>();
            describe((Record) thing, said);
            String called = nameOf(said);
            // Exceptions for one target may come in several parts.
            things.merge(called, said, (one, other) -> {
                one.putAll(other);
                return one;
            });
        }
        if (several.isEmpty() && value instanceof Record only) {
            Map<String, String> said = new LinkedHashMap<>();
            describe(only, said);
            things.put("", said);
        }
    }

    /** Takes the name out of what a thing says. */
    private static String nameOf(Map<String, String> said) {
        for (String key : NAMES) {
            String name = said.remove(key);
            if (name != null) {
                return name;
            }
        }
        return "";
    }

    private static void describe(Record thing, Map<String, String> said) {
        for (RecordComponent component : thing.getClass().getRecordComponents()) {
            Object value = value(component, thing);
            if (value instanceof Record nested && !speaksForItself(nested)) {
                describe(nested, said);
            } else if (value instanceof Map<?, ?> map) {
                map.forEach((key, each) -> words(each).ifPresent(words -> said.put(String.valueOf(key), words)));
            } else if (component.getName().equals("limits") && value instanceof Collection<?> uses) {
                said.put("limits", uses.stream().map(Statements::use).collect(Collectors.joining(", ")));
            } else {
                words(value).ifPresent(words -> said.put(word(component.getName()), words));
            }
        }
    }

    /** A limit on a route: its name, and what is different there. */
    private static String use(Object value) {
        if (!(value instanceof LimitUse use)) {
            return words(value).orElse("");
        }
        Map<String, String> here = new LinkedHashMap<>();
        describe(use.treatment(), here);
        Map<String, String> everywhere = new LinkedHashMap<>();
        describe(use.limit().treatment(), everywhere);
        here.entrySet().removeAll(everywhere.entrySet());
        StringBuilder words = new StringBuilder(use.limit().name());
        if (!use.cost().equals(Cost.ONE)) {
            words.append(" at a cost of ").append(use.cost());
        }
        here.forEach(
                (key, text) -> words.append(" with ").append(key).append(' ').append(text));
        return words.toString();
    }

    private static Optional<String> words(@Nullable Object value) {
        if (value == null || value instanceof Place) {
            return Optional.empty();
        } else if (value instanceof Optional<?> optional) {
            return optional.flatMap(Statements::words);
        } else if (value instanceof Allotment allotment) {
            return Optional.of(allotment.words());
        } else if (value instanceof Enum<?> constant) {
            return Optional.of(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        } else if (value instanceof Duration duration) {
            return Optional.of(duration.toString().substring(2).toLowerCase(Locale.ROOT));
        } else if (value instanceof Map<?, ?> map) {
            return Optional.of(map.entrySet().stream()
                    .map(entry -> entry.getKey() + " " + words(entry.getValue()).orElse(""))
                    .sorted()
                    .collect(Collectors.joining(", ")));
        } else if (value instanceof Set<?> set) {
            return Optional.of(
                    set.stream().flatMap(one -> words(one).stream()).sorted().collect(Collectors.joining(", ")));
        } else if (value instanceof Collection<?> list) {
            return Optional.of(list.stream().flatMap(one -> words(one).stream()).collect(Collectors.joining(", ")));
        }
        return Optional.of(value.toString()).filter(text -> !text.isEmpty());
    }

    /** Whether it has words of its own, rather than those that every record has. */
    private static boolean speaksForItself(Record record) {
        return !record.toString().startsWith(record.getClass().getSimpleName() + "[");
    }

    private static @Nullable Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record of this module is readable", e);
        }
    }

    /** A component's name as a policy writes it. */
    private static String word(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
