package io.headgate.policy.language;

import io.headgate.policy.source.Code;
import io.headgate.policy.source.Place;
import io.headgate.policy.source.Problems;
import io.headgate.policy.source.Suggestions;
import io.headgate.policy.source.Value;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads values as what a section expects of them. Whatever does not fit is reported under the field's name and comes
 * back empty.
 */
final class Shapes {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int LONGEST_TEXT = 500;
    private static final int LONGEST_SHOWN = 60;

    private final Problems problems;

    Shapes(Problems problems) {
        this.problems = problems;
    }

    Problems problems() {
        return problems;
    }

    /** A parser of one scalar's text. */
    @FunctionalInterface
    interface TextParser<T> {
        T parse(String text) throws Malformed;
    }

    /** Text that is not empty. */
    Optional<Value.Scalar> text(String field, Value value) {
        if (value instanceof Value.Scalar scalar
                && !scalar.isNull()
                && !scalar.text().isBlank()) {
            if (scalar.text().length() <= LONGEST_TEXT) {
                return Optional.of(scalar);
            }
            problems.error(
                    Code.TOO_LARGE,
                    value.place(),
                    field + ": " + scalar.text().length() + " characters (expected: at most " + LONGEST_TEXT + ")");
            return Optional.empty();
        }
        return wrongShape(field, value, "a value");
    }

    Optional<Value.Mapping> mapping(String field, Value value) {
        return value instanceof Value.Mapping mapping
                ? Optional.of(mapping)
                : wrongShape(field, value, "keys and values");
    }

    /** The items of a list; empty list if it is none, which is then reported. */
    List<Value> list(String field, Value value) {
        if (value instanceof Value.Sequence sequence) {
            return sequence.items();
        }
        wrongShape(field, value, "a list");
        return List.of();
    }

    /** The items of a list, or the one item that stands without brackets. */
    List<Value> oneOrMore(String field, Value value) {
        return value instanceof Value.Scalar scalar && !scalar.isNull() ? List.of(value) : list(field, value);
    }

    private <T> Optional<T> wrongShape(String field, Value value, String expected) {
        problems.error(Code.WRONG_SHAPE, value.place(), field + ": " + value.kind() + " (expected: " + expected + ")");
        return Optional.empty();
    }

    /** Text that {@code parser} understands. */
    <T> Optional<T> parsed(Code code, String field, Value value, TextParser<T> parser) {
        return text(field, value).flatMap(scalar -> {
            try {
                return Optional.of(parser.parse(scalar.text()));
            } catch (Malformed e) {
                Place place = scalar.place().of(e.part(), e.offset());
                problems.error(code, place, field + ": " + shown(e.getMessage()), e.suggestion());
                return Optional.empty();
            }
        });
    }

    Optional<Duration> duration(String field, Value value, Duration least, Duration most) {
        return parsed(Code.BAD_NUMBER, field, value, text -> {
            Duration duration = DurationText.parse(text);
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new Malformed(text, 0, "from " + DurationText.format(least) + " to " + DurationText.format(most));
            }
            return duration;
        });
    }

    Optional<Long> wholeNumber(String field, Value value, long least, long most) {
        return parsed(Code.BAD_NUMBER, field, value, text -> {
            long number = CountText.parse(new Word(text, 0));
            if (number < least || number > most) {
                throw new Malformed(text, 0, "from " + least + " to " + most);
            }
            return number;
        });
    }

    Optional<Boolean> flag(String field, Value value) {
        return choice(Code.BAD_VALUE, field, value, List.of("true", "false"), "true"::equals);
    }

    /** One of an enum's constants, written in lower case with hyphens. */
    <E extends Enum<E>> Optional<E> choice(String field, Value value, Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        List<String> words = constants.stream().map(Shapes::word).toList();
        return choice(Code.BAD_VALUE, field, value, words, word -> constants.get(words.indexOf(word)));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** One of a few words. */
    Optional<String> oneOf(String field, Value value, List<String> words) {
        return choice(Code.BAD_VALUE, field, value, words, Function.identity());
    }

    /** A name among {@code known}. */
    Optional<String> known(String field, Value value, Collection<String> known) {
        return choice(Code.UNKNOWN_NAME, field, value, List.copyOf(known), Function.identity());
    }

    private <T> Optional<T> choice(
            Code code, String field, Value value, List<String> words, Function<String, T> meaning) {
        return text(field, value).flatMap(scalar -> {
            if (words.contains(scalar.text())) {
                return Optional.of(meaning.apply(scalar.text()));
            }
            problems.error(
                    code,
                    scalar.place(),
                    field + ": " + shown(scalar.text()) + " (expected: " + anyOf(words) + ")",
                    Suggestions.closest(scalar.text(), words).orElse(null));
            return Optional.empty();
        });
    }

    Optional<URI> webAddress(String field, Value value) {
        return parsed(Code.BAD_VALUE, field, value, text -> {
            try {
                URI uri = new URI(text);
                if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                    return uri;
                }
            } catch (URISyntaxException e) {
                throw new Malformed(text, 0, "an http or https address");
            }
            throw new Malformed(text, 0, "an http or https address");
        });
    }

    /** Whether a key can be the name of a limit, plan or route; reported if not. */
    boolean isName(String what, Value.Scalar key) {
        if (NAME.matcher(key.text()).matches()) {
            return true;
        }
        problems.error(
                Code.BAD_NAME,
                key.place(),
                "name of a " + what + ": " + shown(key.text())
                        + " (expected: up to 63 letters, digits, hyphens, dots or underscores)");
        return false;
    }

    /** Reads each item with {@code read}; leaves out, and reports, those that are read a second time. */
    <T> List<T> distinct(String field, List<Value> items, Function<Value, Optional<T>> read) {
        List<T> found = new ArrayList<>();
        for (Value item : items) {
            read.apply(item).ifPresent(one -> {
                if (found.contains(one)) {
                    String text = item instanceof Value.Scalar scalar ? scalar.text() : item.kind();
                    problems.error(Code.DUPLICATE, item.place(), field + ": " + shown(text) + " stands twice");
                } else {
                    found.add(one);
                }
            });
        }
        return found;
    }

    /** The items of a list, or the one item that stands without brackets, each as {@link #distinct} reads it. */
    <T> List<T> some(String field, Value value, Function<Value, Optional<T>> read) {
        return distinct(field, oneOrMore(field, value), read);
    }

    static String shown(String text) {
        return text.length() <= 4 * LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }

    /** {@code a, b or c}; the first few of many. */
    static String anyOf(List<String> words) {
        return first(12, words);
    }

    /** {@code a, b or c}; all of them. */
    static String all(List<String> words) {
        return first(words.size(), words);
    }

    private static String first(int most, List<String> words) {
        int listed = Math.min(words.size(), most);
        if (words.isEmpty()) {
            return "nothing, since none is declared";
        }
        if (listed < words.size()) {
            return String.join(", ", words.subList(0, listed)) + " …";
        }
        return listed == 1
                ? words.get(0)
                : String.join(", ", words.subList(0, listed - 1)) + " or " + words.get(listed - 1);
    }
}
