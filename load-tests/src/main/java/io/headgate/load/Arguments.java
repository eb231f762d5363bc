package io.headgate.load;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Options of a command line, each written {@code --name=value}.
 *
 * <p>Immutable.
 */
public final class Arguments {

    private final Map<String, String> values;

    private Arguments(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads the options.
     *
     * @param known every option there is, without its dashes
     * @throws IllegalArgumentException if one is unknown, given twice or not of the form {@code --name=value}
     */
    public static Arguments parse(List<String> args, String... known) {
        TreeSet<String> names = new TreeSet<>(List.of(known));
        Map<String, String> values = new LinkedHashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (!arg.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException(arg + ": not an option (expected: --name=value)");
            }
            String name = arg.substring(2, equals);
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "--" + name + ": no such option (expected: --" + String.join(", --", names) + ")");
            }
            if (values.put(name, arg.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("--" + name + ": given twice");
            }
        }
        return new Arguments(values);
    }

    /** Value of an option, or what stands in for it. */
    public String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /**
     * Value of a numeric option, or what stands in for it.
     *
     * @throws IllegalArgumentException if it is not a whole number from {@code min} to {@code max}
     */
    public int number(String name, int otherwise, int min, int max) {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with the range.
        }
        throw new IllegalArgumentException("--" + name + ": " + text + " (expected: " + min + " to " + max + ")");
    }

    /**
     * Value of a port option, or what stands in for it; 0 lets the system choose.
     *
     * @throws IllegalArgumentException if it is not a port
     */
    public int port(String name, int otherwise) {
        return number(name, otherwise, 0, 65_535);
    }
}
