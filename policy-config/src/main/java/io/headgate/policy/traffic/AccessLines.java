package io.headgate.policy.traffic;

import io.headgate.policy.match.Caller;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.replay.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Records as lines of JSON (NDJSON). The moment stands first and has a fixed width, so that sorting lines sorts them by
 * time, and logs of several gateways merge by {@code sort}. What is empty or usual is left out.
 *
 * <p>Not thread-safe.
 */
public final class AccessLines {

    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String UNDECIDED = "undecided";
    private static final String REJECTED = "rejected";
    private static final int KNOWN_ADDRESSES = 50_000;

    private final JsonFactory json =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
    private final Map<String, IpAddress> addresses = new HashMap<>();

    /** Writes a record and the end of its line. */
    public void write(AccessRecord record, Writer out) throws IOException {
        StringWriter line = new StringWriter(256);
        try (JsonGenerator to = json.createGenerator(ObjectWriteContext.empty(), line)) {
            to.writeStartObject();
            to.writeStringProperty("at", MOMENT.format(Instant.EPOCH.plus(record.atMicros(), ChronoUnit.MICROS)));
            to.writeStringProperty("method", record.method());
            unlessEmpty("host", record.host(), to);
            to.writeStringProperty("path", record.path());
            Map<String, String> headers = new HashMap<>(record.countedHeaders());
            headers.putAll(record.headers());
            words("sessions", record.sessions(), to);
            words("headers", headers, to);
            to.writeStringProperty("ip", record.ip().toString());
            unlessEmpty("user", record.caller().user(), to);
            unlessEmpty("tenant", record.caller().tenant(), to);
            unlessEmpty("plan", record.caller().plan(), to);
            words("claims", record.caller().claims(), to);
            if (!record.authenticated()) {
                to.writeStringProperty("credential", REJECTED);
            }
            Verdict verdict = record.verdict();
            to.writeStringProperty("verdict", verdict == null ? UNDECIDED : verdict.toString());
            names("by", record.by(), to);
            names("prepaid", record.paid(), to);
            to.writeEndObject();
        }
        out.write(line.append('\n').toString());
    }

    private static void unlessEmpty(String name, @Nullable String text, JsonGenerator to) {
        if (text != null && !text.isEmpty()) {
            to.writeStringProperty(name, text);
        }
    }

    private static void names(String name, List<String> names, JsonGenerator to) {
        if (!names.isEmpty()) {
            to.writeArrayPropertyStart(name);
            names.forEach(to::writeString);
            to.writeEndArray();
        }
    }

    private static void words(String name, Map<String, String> words, JsonGenerator to) {
        if (!words.isEmpty()) {
            to.writeObjectPropertyStart(name);
            words.forEach(to::writeStringProperty);
            to.writeEndObject();
        }
    }

    /**
     * Reads a line.
     *
     * @throws NotARecord if it is not one that {@link #write} could have written, give or take further keys
     */
    public AccessRecord read(byte[] bytes, int from, int length) throws NotARecord {
        try (JsonParser in = json.createParser(ObjectReadContext.empty(), bytes, from, length)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new NotARecord("not an object of JSON");
            }
            Line line = new Line();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = in.currentName();
                in.nextToken();
                read(name, in, line);
            }
            return record(line);
        } catch (JacksonException e) {
            throw new NotARecord("not JSON: " + e.getOriginalMessage());
        }
    }

    /** What a line has said so far. */
    private static final class Line {
        private @Nullable String at;
        private @Nullable String method;
        private String host = "";
        private @Nullable String path;
        private Map<String, String> sessions = Map.of();
        private Map<String, String> headers = Map.of();
        private @Nullable String ip;
        private @Nullable String user;
        private @Nullable String tenant;
        private @Nullable String plan;
        private Map<String, String> claims = Map.of();
        private boolean authenticated = true;
        private @Nullable String verdict;
        private List<String> by = List.of();
        private List<String> paid = List.of();
    }

    private static void read(String name, JsonParser in, Line line) throws NotARecord {
        switch (name) {
            case "at" -> line.at = text(name, in);
            case "method" -> line.method = text(name, in);
            case "host" -> line.host = text(name, in);
            case "path" -> line.path = text(name, in);
            case "sessions" -> line.sessions = words(name, in);
            case "headers" -> line.headers = words(name, in);
            case "ip" -> line.ip = text(name, in);
            case "user" -> line.user = text(name, in);
            case "tenant" -> line.tenant = text(name, in);
            case "plan" -> line.plan = text(name, in);
            case "claims" -> line.claims = words(name, in);
            case "credential" -> line.authenticated = !text(name, in).equals(REJECTED);
            case "verdict" -> line.verdict = text(name, in);
            case "by" -> line.by = list(name, in);
            case "prepaid" -> line.paid = list(name, in);
            default -> in.skipChildren();
        }
    }

    private AccessRecord record(Line line) throws NotARecord {
        return new AccessRecord(
                micros(present("at", line.at)),
                present("method", line.method),
                line.host,
                present("path", line.path),
                line.headers,
                Map.of(),
                line.sessions,
                address(present("ip", line.ip)),
                new Caller(line.user, line.tenant, line.plan, line.claims),
                line.authenticated,
                verdict(line.verdict),
                line.by,
                line.paid);
    }

    private static String present(String name, @Nullable String text) throws NotARecord {
        if (text == null) {
            throw new NotARecord("no " + name);
        }
        return text;
    }

    private static @Nullable Verdict verdict(@Nullable String text) throws NotARecord {
        if (text == null || text.equals(UNDECIDED)) {
            return null;
        }
        for (Verdict verdict : Verdict.values()) {
            if (verdict.toString().equals(text)) {
                return verdict;
            }
        }
        throw new NotARecord(
                "verdict: " + text + " (expected: allowed, refused, blocked, unauthenticated, forbidden or undecided)");
    }

    private IpAddress address(String text) throws NotARecord {
        IpAddress known = addresses.get(text);
        if (known != null) {
            return known;
        }
        IpAddress address =
                IpAddress.parse(text).orElseThrow(() -> new NotARecord("ip: " + text + " (expected: an IP address)"));
        if (addresses.size() == KNOWN_ADDRESSES) {
            addresses.clear();
        }
        addresses.put(text, address);
        return address;
    }

    private static long micros(String text) throws NotARecord {
        OptionalLong usual = Moments.micros(text);
        if (usual.isPresent()) {
            return usual.getAsLong();
        }
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(text));
        } catch (DateTimeException | ArithmeticException e) {
            throw new NotARecord("at: " + text + " (expected: a time such as 2026-11-21T15:32:00.123456Z)");
        }
    }

    private static String text(String name, JsonParser in) throws NotARecord {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw new NotARecord(name + ": " + in.currentToken() + " (expected: text)");
        }
        return in.getString();
    }

    private static Map<String, String> words(String name, JsonParser in) throws NotARecord {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw new NotARecord(name + ": " + in.currentToken() + " (expected: an object)");
        }
        Map<String, String> words = new HashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String key = in.currentName();
            in.nextToken();
            words.put(key, text(key, in));
        }
        return words;
    }

    private static List<String> list(String name, JsonParser in) throws NotARecord {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw new NotARecord(name + ": " + in.currentToken() + " (expected: a list)");
        }
        List<String> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            list.add(text(name, in));
        }
        return list;
    }
}
