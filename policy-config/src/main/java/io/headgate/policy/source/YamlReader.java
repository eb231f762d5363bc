package io.headgate.policy.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML 1.2 into values with places, straight from the parser's events. Depth and number of values are bounded,
 * counting each use of an alias in full, so that a small file cannot become a large policy.
 */
public final class YamlReader {

    private static final int DEEPEST = 24;
    private static final int LONGEST_KEY_SHOWN = 80;
    private static final int MOST_VALUES = 100_000;

    private final SourceFile file;
    private final Problems problems;
    private final StreamReader text;
    private final Parser events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int values;
    private @Nullable ScalarEvent lastScalar;

    /** A value that aliases may repeat, and how many values it consists of. */
    private record Anchored(Value value, int size) {}

    /** Ends the reading of a file whose one problem has been reported. */
    private static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable() {
            super(null, null, false, false);
        }
    }

    private YamlReader(SourceFile file, Problems problems) {
        this.file = file;
        this.problems = problems;
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file.name())
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        this.text = new StreamReader(settings, file.text());
        this.events = new ParserImpl(settings, text);
    }

    /** The one document in {@code file}; empty if there is none, which is then among the problems. */
    public static Optional<Value> read(SourceFile file, Problems problems) {
        OptionalInt unprintable = unprintable(file.text());
        if (unprintable.isPresent()) {
            int offset = unprintable.getAsInt();
            problems.error(
                    Code.NOT_TEXT,
                    file.placeAt(offset),
                    String.format(
                            "character U+%04X (expected: text)", file.text().codePointAt(offset)));
            return Optional.empty();
        }
        YamlReader reader = new YamlReader(file, problems);
        try {
            return reader.document();
        } catch (Unusable reported) {
            return Optional.empty();
        } catch (MarkedYamlEngineException e) {
            // What never ends is best shown where it begins.
            boolean unended = String.valueOf(e.getProblem()).contains("end of stream");
            Place place = (unended ? e.getContextMark() : e.getProblemMark())
                    .or(e::getProblemMark)
                    .map(mark -> place(file, mark))
                    .orElse(new Place(file, 1, 1));
            problems.error(Code.YAML_SYNTAX, place, syntaxMessage(e), syntaxAdvice(e));
            return Optional.empty();
        } catch (YamlEngineException | IllegalArgumentException e) {
            // The scanner checks the digits of an escape or a directive, but not the number that they make.
            problems.error(Code.YAML_SYNTAX, reader.place(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static OptionalInt unprintable(String text) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (!StreamReader.isPrintable(text.codePointAt(i))) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    private static String syntaxMessage(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem());
        return e.getContext() == null ? problem : e.getContext() + ": " + problem;
    }

    private static @Nullable String syntaxAdvice(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem());
        if (problem.contains("TAB")) {
            return "spaces for indentation";
        }
        return problem.endsWith("got {") ? "the whole value in quotes, since { has a meaning of its own" : null;
    }

    private Optional<Value> document() throws Unusable {
        next(); // the stream begins
        if (events.checkEvent(Event.ID.StreamEnd)) {
            problems.fileError(Code.UNREADABLE, file.name(), "the file is empty (expected: a policy)");
            return Optional.empty();
        }
        next(); // the document begins
        Value root = value(next(), 0);
        rejectCutShort();
        next(); // the document ends
        if (!events.checkEvent(Event.ID.StreamEnd)) {
            throw unusable(Code.YAML_FEATURE, next(), "a second document (expected: one policy per file)");
        }
        return Optional.of(root);
    }

    private Event next() {
        Event event = events.next();
        if (event instanceof ScalarEvent scalar) {
            lastScalar = scalar;
        }
        return event;
    }

    /**
     * A value without quotes ends with its line. At the very end of the file nobody knows whether it did: {@code percent: 1}
     * may be what is left of {@code percent: 100}.
     */
    private void rejectCutShort() {
        if (lastScalar == null || isQuoted(lastScalar)) {
            return;
        }
        int end = lastScalar.getEndMark().map(Mark::getIndex).orElse(0);
        String rest = file.text().substring(file.text().offsetByCodePoints(0, end));
        if (rest.isBlank() && !rest.contains("\n") && !file.text().endsWith("\n")) {
            problems.error(
                    Code.CUT_SHORT,
                    place(lastScalar),
                    shown(lastScalar.getValue())
                            + ": the file ends here, and may have been cut short (expected: the end" + " of the line)");
        }
    }

    private static boolean isQuoted(ScalarEvent scalar) {
        return scalar.getScalarStyle() == ScalarStyle.SINGLE_QUOTED
                || scalar.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED;
    }

    private Value value(Event event, int depth) throws Unusable {
        if (event instanceof AliasEvent alias) {
            return repeated(alias);
        }
        if (depth > DEEPEST) {
            throw unusable(Code.TOO_LARGE, event, "nested deeper than " + DEEPEST + " levels");
        }
        count(1, event);
        int before = values;
        Value value = fresh(event, depth);
        ((NodeEvent) event)
                .getAnchor()
                .ifPresent(anchor -> anchors.put(anchor, new Anchored(value, values - before + 1)));
        return value;
    }

    private Value repeated(AliasEvent alias) throws Unusable {
        Anchored anchored = anchors.get(alias.getAlias());
        if (anchored == null) {
            throw unusable(
                    Code.YAML_FEATURE,
                    alias,
                    "alias of something that is not complete before it (expected: an anchor)");
        }
        count(anchored.size(), alias);
        return anchored.value();
    }

    private void count(int more, Event event) throws Unusable {
        values += more;
        if (values > MOST_VALUES) {
            throw unusable(Code.TOO_LARGE, event, "more than " + MOST_VALUES + " values");
        }
    }

    private Value fresh(Event event, int depth) throws Unusable {
        Place place = place(event);
        if (event instanceof ScalarEvent scalar) {
            rejectTag(scalar.getTag(), place);
            return new Value.Scalar(scalar.getValue(), !scalar.isPlain(), place);
        }
        if (event instanceof SequenceStartEvent start) {
            rejectTag(start.getTag(), place);
            List<Value> items = new ArrayList<>();
            for (Event item = next(); item.getEventId() != Event.ID.SequenceEnd; item = next()) {
                items.add(value(item, depth + 1));
            }
            return new Value.Sequence(items, place);
        }
        rejectTag(((MappingStartEvent) event).getTag(), place);
        return mapping(place, depth);
    }

    private Value.Mapping mapping(Place place, int depth) throws Unusable {
        Map<String, Value.Entry> entries = new LinkedHashMap<>();
        for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            Value key = value(event, depth + 1);
            Value value = value(next(), depth + 1);
            if (key instanceof Value.Scalar name) {
                Value.Entry earlier = entries.putIfAbsent(name.text(), new Value.Entry(name, value));
                if (earlier != null) {
                    problems.error(
                            Code.DUPLICATE,
                            name.place(),
                            shown(name.text()) + ": stands twice; first at "
                                    + earlier.key().place());
                }
            } else {
                problems.error(Code.WRONG_SHAPE, key.place(), key.kind() + " as a key (expected: text)");
            }
        }
        return new Value.Mapping(List.copyOf(entries.values()), place);
    }

    private static String shown(String text) {
        return text.length() <= LONGEST_KEY_SHOWN ? text : text.substring(0, LONGEST_KEY_SHOWN) + "…";
    }

    private void rejectTag(Optional<String> tag, Place place) {
        tag.ifPresent(
                name -> problems.error(Code.YAML_FEATURE, place, "tag " + name + " (expected: a value without a tag)"));
    }

    private Unusable unusable(Code code, Event event, String message) {
        problems.error(code, place(event), message);
        return new Unusable();
    }

    /** How far the text has been read. */
    private Place place() {
        return text.getMark().map(mark -> place(file, mark)).orElse(new Place(file, 1, 1));
    }

    private Place place(Event event) {
        return event.getStartMark().map(mark -> place(file, mark)).orElse(new Place(file, 1, 1));
    }

    private static Place place(SourceFile file, Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
