package io.headgate.policy.report;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259), indented: maps with text as keys, lists, text, numbers, booleans and {@code null}. */
public final class Json {

    private static final int LAST_CONTROL = 0x1f;

    private final StringBuilder text = new StringBuilder();

    private Json() {}

    /**
     * The text of a value.
     *
     * @throws IllegalArgumentException if there is anything else in it
     */
    public static String write(@Nullable Object value) {
        Json json = new Json();
        json.value(value, "\n");
        return json.text.toString();
    }

    private void value(@Nullable Object value, String newLine) {
        if (value instanceof Map<?, ?> map) {
            Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
            items('{', '}', entries, newLine, entry -> {
                quoted(String.valueOf(entry.getKey()));
                text.append(": ");
                value(entry.getValue(), newLine + "  ");
            });
        } else if (value instanceof List<?> list) {
            items('[', ']', list.iterator(), newLine, item -> value(item, newLine + "  "));
        } else if (value instanceof String string) {
            quoted(string);
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            throw new IllegalArgumentException("value: " + value.getClass() + " (expected: what JSON knows)");
        }
    }

    /** Writes one item. */
    private interface ItemWriter<T extends @Nullable Object> {
        void write(T item);
    }

    private <T extends @Nullable Object> void items(
            char open, char close, Iterator<T> items, String newLine, ItemWriter<T> writer) {
        text.append(open);
        boolean any = false;
        while (items.hasNext()) {
            text.append(any ? "," : "").append(newLine).append("  ");
            writer.write(items.next());
            any = true;
        }
        text.append(any ? newLine : "").append(close);
    }

    private void quoted(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c <= LAST_CONTROL || c == '\u007f' || Character.isSurrogate(c)) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
