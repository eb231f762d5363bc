package io.headgate.helm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** YAML as plain maps; a key that occurs twice is an error. */
final class Yaml {

    private static final LoadSettings STRICT = LoadSettings.builder().build();

    private Yaml() {}

    static List<Map<String, Object>> documents(String text) {
        return StreamSupport.stream(new Load(STRICT).loadAllFromString(text).spliterator(), false)
                .filter(Map.class::isInstance)
                .map(Yaml::map)
                .toList();
    }

    static Map<String, Object> document(String text) {
        return map(new Load(STRICT).loadFromString(text));
    }

    /** Both texts as one, nested maps included; where they differ, the second wins. */
    static String merge(String defaults, String overrides) {
        return new Dump(DumpSettings.builder().build()).dumpToString(merge(document(defaults), document(overrides)));
    }

    private static Map<String, Object> merge(Map<String, Object> defaults, Map<String, Object> overrides) {
        Map<String, Object> merged = new LinkedHashMap<>(defaults);
        overrides.forEach((key, value) -> merged.merge(
                key, value, (a, b) -> a instanceof Map<?, ?> && b instanceof Map<?, ?> ? merge(map(a), map(b)) : b));
        return merged;
    }

    /** Nested maps as dotted names, the way Spring Boot reads an {@code application.yaml}. */
    static Map<String, Object> properties(String text) {
        Map<String, Object> properties = new TreeMap<>();
        flatten("", document(text), properties);
        return properties;
    }

    private static void flatten(String prefix, Map<String, Object> map, Map<String, Object> properties) {
        map.forEach((key, value) -> {
            if (value instanceof Map<?, ?> nested) {
                flatten(prefix + key + ".", map(nested), properties);
            } else {
                properties.put(prefix + key, value);
            }
        });
    }

    @SuppressWarnings("unchecked") // keys of a manifest or a values file are text, or Helm had refused it
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
