package io.headgate.policy.language;

import io.headgate.policy.match.HeaderConditions;
import io.headgate.policy.match.RoutePattern;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Suggestions;
import io.headgate.policy.source.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** {@code match} of a route: {@code GET|HEAD /api/feed/**}, or method, path and suffix apart. */
final class RouteMatch {

    private static final List<String> METHODS = RoutePattern.KNOWN_METHODS;
    private static final String EXAMPLE = "methods and a path such as GET|HEAD /api/feed/**";

    /** RFC 3986, section 3.3: what a path segment may consist of. */
    private static final Pattern LITERAL = Pattern.compile("(?:[A-Za-z0-9._~!$&'()+,;=:@-]|%[0-9A-Fa-f]{2})+");

    private static final Pattern VARIABLE = Pattern.compile("\\{[A-Za-z][A-Za-z0-9_-]*}");
    private static final Pattern SUFFIX = Pattern.compile("\\.[A-Za-z0-9._~-]+");
    /** Labels of lower-case letters, digits and hyphens; no port. */
    private static final Pattern HOST =
            Pattern.compile("(?:\\*\\.)?[a-z0-9](?:[a-z0-9-]{0,62})(?:\\.[a-z0-9](?:[a-z0-9-]{0,62}))*");

    private static final int DEEPEST_PATH = 32;

    private final Shapes shapes;

    RouteMatch(Shapes shapes) {
        this.shapes = shapes;
    }

    private record Path(List<String> segments, boolean open) {}

    Optional<RoutePattern> pattern(Value value) {
        if (!(value instanceof Value.Mapping mapping)) {
            return shapes.parsed(Code.BAD_VALUE, "match", value, RouteMatch::line);
        }
        Fields fields = new Fields(shapes, "match", mapping);
        List<String> methods = fields.someParsed("method", RouteMatch::oneMethod);
        Optional<Path> path = fields.need("path", "such as /play/**")
                .flatMap(one -> shapes.parsed(Code.BAD_VALUE, "path", one, text -> path(new Word(text, 0))));
        List<String> suffixes = fields.someParsed("suffix", RouteMatch::suffix);
        List<String> hosts = fields.someParsed("host", RouteMatch::host);
        HeaderConditions headers = fields.get("header")
                .flatMap(one -> shapes.mapping("header", one))
                .map(this::headers)
                .orElse(HeaderConditions.NONE);
        fields.end();
        return path.map(one -> new RoutePattern(
                Set.copyOf(hosts), Set.copyOf(methods), one.segments, one.open, Set.copyOf(suffixes), headers));
    }

    private HeaderConditions headers(Value.Mapping mapping) {
        Map<String, Set<String>> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Value.Entry entry : mapping.entries()) {
            String name = entry.key().text();
            Place place = entry.key().place();
            if (!PerText.isHeaderName(name)) {
                shapes.problems()
                        .error(
                                Code.BAD_NAME,
                                place,
                                "header: " + Shapes.shown(name) + " (expected: the name of a header field)");
            } else if (values.put(name, headerValues(name, entry.value())) != null) {
                shapes.problems()
                        .error(
                                Code.DUPLICATE,
                                place,
                                "header: " + name + " stands twice; case makes no difference in names of fields");
            }
        }
        return new HeaderConditions(values);
    }

    /** The values that a field may have; empty if it may have any. */
    private Set<String> headerValues(String name, Value value) {
        List<String> allowed =
                shapes.some(name, value, item -> shapes.text(name, item).map(Value.Scalar::text));
        return allowed.contains("*") ? Set.of() : Set.copyOf(allowed);
    }

    private static String host(String text) throws Malformed {
        if (HOST.matcher(text).matches()) {
            return text;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        String guess = HOST.matcher(lower).matches() ? lower : null;
        throw new Malformed(text, 0, "a host name such as api.example.com or *.example.com", guess);
    }

    private static RoutePattern line(String text) throws Malformed {
        List<Word> words = Word.split(text);
        if (words.isEmpty() || words.size() > 2) {
            throw new Malformed(text, 0, EXAMPLE);
        }
        Word last = words.get(words.size() - 1);
        if (words.size() == 1 && !last.text().startsWith("/")) {
            throw new Malformed(text, 0, EXAMPLE);
        }
        Set<String> methods = words.size() == 1 ? Set.of() : methods(words.get(0));
        Path path = path(last);
        return new RoutePattern(methods, path.segments, path.open, Set.of());
    }

    private static Set<String> methods(Word word) throws Malformed {
        List<String> methods = new ArrayList<>();
        int from = 0;
        while (from <= word.text().length()) {
            int bar = word.text().indexOf('|', from);
            int end = bar < 0 ? word.text().length() : bar;
            Word one = word.until(end).from(from);
            String method = method(one);
            if (methods.contains(method)) {
                throw one.malformed("each method once");
            }
            methods.add(method);
            from = end + 1;
        }
        return Set.copyOf(methods);
    }

    private static String oneMethod(String text) throws Malformed {
        return method(new Word(text, 0));
    }

    private static String method(Word word) throws Malformed {
        if (METHODS.contains(word.text())) {
            return word.text();
        }
        String guess = Suggestions.closest(word.text().toUpperCase(Locale.ROOT), METHODS)
                .orElse(null);
        throw new Malformed(word.text(), word.offset(), "a method: " + Shapes.anyOf(METHODS), guess);
    }

    private static Path path(Word word) throws Malformed {
        if (!word.text().startsWith("/")) {
            throw word.malformed("a path that begins with /");
        }
        List<String> segments = new ArrayList<>();
        int from = 1;
        while (from <= word.text().length()) {
            int slash = word.text().indexOf('/', from);
            int end = slash < 0 ? word.text().length() : slash;
            Word segment = word.until(end).from(from);
            if (segment.text().equals("**")) {
                if (slash >= 0) {
                    throw segment.malformed("** only at the end of the path");
                }
                return new Path(segments, true);
            }
            if (!segment.text().isEmpty()) {
                segments.add(segment(segment));
            } else if (slash >= 0) {
                throw word.malformed("a path without empty segments");
            }
            from = end + 1;
        }
        if (segments.size() > DEEPEST_PATH) {
            throw word.malformed("at most " + DEEPEST_PATH + " segments");
        }
        return new Path(segments, false);
    }

    private static String segment(Word segment) throws Malformed {
        String text = segment.text();
        if (text.equals(RoutePattern.ANY) || VARIABLE.matcher(text).matches()) {
            return RoutePattern.ANY;
        }
        if (text.contains("*")) {
            throw segment.malformed("* or ** as a whole segment; endings of a path go to suffix");
        }
        if (text.equals(".") || text.equals("..") || !LITERAL.matcher(text).matches()) {
            throw segment.malformed("a literal segment, {name}, * or **");
        }
        return text;
    }

    private static String suffix(String text) throws Malformed {
        if (!SUFFIX.matcher(text).matches()) {
            String guess = SUFFIX.matcher("." + text).matches() ? "." + text : null;
            throw new Malformed(text, 0, "an ending that begins with a dot, such as .m3u8", guess);
        }
        return text;
    }
}
