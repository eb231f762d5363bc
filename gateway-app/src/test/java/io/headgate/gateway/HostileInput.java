package io.headgate.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One input of the corpus in {@code src/test/resources/hostile}, where each looks like this:
 *
 * <pre>
 * == what is wrong with it
 * -&gt; 400, nothing
 * POST /api/feed/hostile HTTP/1.1\r\n
 * Host: localhost\r\n
 * ...
 * \r\n
 * </pre>
 *
 * Lines are joined as they are; {@code \r \n \t \\} and {@code \xHH} stand for bytes, {@code {xN}} after a line repeats it
 * N times, and a line of three dots lets what came before arrive on its own.
 *
 * @param name what is wrong with it
 * @param statuses the answers' statuses, in order
 * @param backend what the backend may have of it
 * @param segments the bytes, in the pieces in which they are sent
 */
public record HostileInput(String name, List<Integer> statuses, Backend backend, List<byte[]> segments) {

    private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|.)");

    /** What a backend may have received. */
    public enum Backend {
        /** Not a byte. */
        NOTHING,
        /** The beginning of a request that then broke off. */
        PART,
        /** Nothing, or the beginning of a request that then broke off. */
        UNFINISHED,
        /** As many whole requests as there are answers of 200. */
        WHOLE
    }

    public static List<HostileInput> read(String resource) throws IOException {
        List<HostileInput> inputs = new ArrayList<>();
        for (String block : Fixture.resource(resource).split("(?m)^== ", -1)) {
            if (!block.isBlank() && !block.startsWith("#")) {
                inputs.add(parse(block));
            }
        }
        return inputs;
    }

    private static HostileInput parse(String block) {
        List<String> lines = block.strip().lines().toList();
        String[] expected = lines.get(1).replace("->", "").split(",", -1);
        List<Integer> statuses = Arrays.stream(expected[0].strip().split(" ", -1))
                .map(Integer::valueOf)
                .toList();
        Backend backend = Backend.valueOf(expected[1].strip().toUpperCase(Locale.ROOT));
        List<byte[]> segments = new ArrayList<>();
        StringBuilder segment = new StringBuilder();
        for (String line : lines.subList(2, lines.size())) {
            if (line.equals("...")) {
                segments.add(bytes(segment));
                segment.setLength(0);
            } else {
                segment.append(unescaped(line));
            }
        }
        segments.add(bytes(segment));
        return new HostileInput(lines.get(0), statuses, backend, segments);
    }

    private static String unescaped(String line) {
        int repeat = line.endsWith("}") ? line.lastIndexOf("{x") : -1;
        String text = repeat < 0 ? line : line.substring(0, repeat);
        int times = repeat < 0 ? 1 : Integer.parseInt(line.substring(repeat + 2, line.length() - 1));
        String plain = ESCAPE.matcher(text)
                .replaceAll(
                        escape -> Matcher.quoteReplacement(plain(escape.group().substring(1))));
        return plain.repeat(times);
    }

    private static String plain(String escaped) {
        return switch (escaped.charAt(0)) {
            case 'r' -> "\r";
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'x' -> Character.toString((char) Integer.parseInt(escaped.substring(1), 16));
            default -> escaped;
        };
    }

    private static byte[] bytes(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
