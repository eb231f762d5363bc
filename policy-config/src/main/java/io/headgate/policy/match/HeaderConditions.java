package io.headgate.policy.match;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Header fields that a request must have.
 *
 * @param values by name, in any case: the values of which the field must have one; empty for any
 */
public record HeaderConditions(Map<String, Set<String>> values) {

    /** No condition. */
    public static final HeaderConditions NONE = new HeaderConditions(Map.of());

    public HeaderConditions {
        Map<String, Set<String>> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        values.forEach((name, allowed) -> sorted.put(name, Set.copyOf(allowed)));
        values = Collections.unmodifiableMap(sorted);
    }

    boolean holdFor(HeaderFields fields) {
        for (Map.Entry<String, Set<String>> condition : values.entrySet()) {
            String value = fields.value(condition.getKey());
            if (value == null
                    || (!condition.getValue().isEmpty() && !condition.getValue().contains(value))) {
                return false;
            }
        }
        return true;
    }

    /** Whether some request may fulfil both. */
    boolean overlap(HeaderConditions other) {
        return values.entrySet().stream().allMatch(mine -> {
            Set<String> theirs = other.values.get(mine.getKey());
            return theirs == null
                    || theirs.isEmpty()
                    || mine.getValue().isEmpty()
                    || !Collections.disjoint(mine.getValue(), theirs);
        });
    }

    /** Whether all that fulfils this fulfils {@code other} too. */
    boolean within(HeaderConditions other) {
        return other.values.entrySet().stream()
                .allMatch(theirs -> narrower(values.get(theirs.getKey()), theirs.getValue()));
    }

    private static boolean narrower(@Nullable Set<String> mine, Set<String> theirs) {
        return mine != null && (theirs.isEmpty() || (!mine.isEmpty() && theirs.containsAll(mine)));
    }

    /** The conditions as a sentence goes on: {@code  with X-Client: ios}; empty if there are none. */
    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(condition -> condition.getKey() + ": "
                        + (condition.getValue().isEmpty()
                                ? "*"
                                : condition.getValue().stream().sorted().collect(Collectors.joining(" or "))))
                .collect(Collectors.joining(" and ", values.isEmpty() ? "" : " with ", ""));
    }
}
