package io.headgate.policy.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What there is to know about each kind of problem: what it means, what causes it, how to put it right. */
public final class CodeHelp {

    private static final String RESOURCE = "codes.md";
    private static final String HEADING = "## ";

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * One code's help.
     *
     * @param summary its first paragraph, in one line
     * @param text all of it, in Markdown
     */
    public record Entry(String summary, String text) {}

    private CodeHelp(String markdown) {
        for (String section : markdown.split("(?m)^" + HEADING, -1)) {
            int end = section.indexOf('\n');
            if (end > 0) {
                String text = section.substring(end).strip();
                String summary = text.split("\n\n", 2)[0].replace('\n', ' ');
                entries.put(section.substring(0, end).strip(), new Entry(summary, text));
            }
        }
    }

    /** The help that comes with this release. */
    public static CodeHelp shipped() {
        try (InputStream in = CodeHelp.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the jar");
            }
            return new CodeHelp(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Help on one code.
     *
     * @throws IllegalArgumentException if there is no such code
     */
    public Entry of(String code) {
        Entry entry = entries.get(code);
        if (entry == null) {
            throw new IllegalArgumentException("code: " + code + " (expected: one of " + entries.keySet() + ")");
        }
        return entry;
    }
}
