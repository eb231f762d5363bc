package io.headgate.policy.source;

import java.util.List;

/** A value in a policy file, with its place. Immutable. */
public sealed interface Value {

    /** Where it begins. */
    Place place();

    /** What it is, in words. */
    String kind();

    /**
     * A single piece of text. Whether it stands for a number or a date is decided by who reads it, so YAML's own
     * guesses never change a value.
     *
     * @param text the text, without quotes
     * @param quoted whether it was quoted, which makes {@code "null"} and {@code "true"} plain text
     */
    record Scalar(String text, boolean quoted, Place place) implements Value {
        /** Whether this is YAML's null: nothing at all, {@code ~} or {@code null}. */
        public boolean isNull() {
            return !quoted
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }

        @Override
        public String kind() {
            return isNull() ? "nothing" : "text";
        }
    }

    /** A list of values. */
    record Sequence(List<Value> items, Place place) implements Value {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys and their values in the order of the text; no key stands twice. */
    record Mapping(List<Entry> entries, Place place) implements Value {
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** One key of a mapping and what it says. */
    record Entry(Scalar key, Value value) {}
}
