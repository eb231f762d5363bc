package io.headgate.load.simulation;

import java.util.List;

/** What {@code -Dkey=value} chooses. */
final class Settings {

    private Settings() {}

    static String baseUrl() {
        return System.getProperty("base-url", "http://localhost:8080");
    }

    /** API keys, separated by commas. */
    static List<String> keys(String otherwise) {
        return List.of(System.getProperty("keys", otherwise).split(","));
    }

    /** @throws IllegalArgumentException if the value is not a positive whole number */
    static int positive(String name, int otherwise) {
        String text = System.getProperty(name, Integer.toString(otherwise));
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException("-D" + name + "=" + text + " (expected: a positive whole number)");
        }
        return Integer.parseInt(text);
    }
}
