package io.headgate.policy.language;

import io.headgate.limiter.TokenBucket;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.Protocol;
import io.headgate.policy.match.Protocol.WhenFull;
import io.headgate.policy.match.Protocol.WhenShort;
import io.headgate.policy.match.RoutePattern;
import io.headgate.policy.match.TokenUnit;
import io.headgate.policy.source.Code;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code protocol} of a route, and the keys that mean something for one protocol only. */
final class RouteProtocol {

    private static final List<String> NAMES = List.of("tus", "hls", "sse", "websocket");

    /** RFC 9110, section 8.3.1, in lower case and without parameters. */
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[a-z0-9!#$&^_.+-]{1,127}/(?:\\*|[a-z0-9!#$&^_.+-]{1,127})");

    /** Below it, clients give up sooner than a body ends. */
    private static final long SLOWEST = 1 << 10;

    /** More than any playlist has. */
    private static final int MOST_RENDITIONS = 50;

    /** A rate of messages, and how the policy writes it. */
    private record Messages(TokenBucket rate, String words) {}

    private final Shapes shapes;
    private final Fields fields;

    RouteProtocol(Fields fields, Shapes shapes) {
        this.fields = fields;
        this.shapes = shapes;
    }

    /**
     * What the route speaks.
     *
     * @param pattern its requests, if they could be read
     * @param unreserved names of its limits that count what an upload's creation has not reserved
     */
    Protocol read(Optional<RoutePattern> pattern, Set<String> unreserved) {
        Optional<String> name = fields.get("protocol").flatMap(value -> shapes.oneOf("protocol", value, NAMES));
        Optional<Long> pace =
                fields.get("pace").flatMap(value -> shapes.parsed(Code.BAD_NUMBER, "pace", value, RouteProtocol::pace));
        Optional<WhenShort> whenShort =
                fields.get("when-short").flatMap(value -> shapes.choice("when-short", value, WhenShort.class));
        Optional<Long> maxSize = fields.get("max-size")
                .flatMap(value -> shapes.parsed(Code.BAD_NUMBER, "max-size", value, RouteProtocol::size));
        List<String> mediaTypes = fields.someParsed("media-types", RouteProtocol::mediaType);
        Optional<Messages> messages = fields.get("messages")
                .flatMap(value -> shapes.parsed(Code.BAD_NUMBER, "messages", value, RouteProtocol::messages));
        Optional<WhenFull> whenFull =
                fields.get("when-full").flatMap(value -> shapes.choice("when-full", value, WhenFull.class));
        Optional<Long> renditions =
                fields.get("renditions").flatMap(value -> shapes.wholeNumber("renditions", value, 1, MOST_RENDITIONS));
        if (name.isPresent() || !fields.has("protocol")) {
            String spoken = name.orElse("");
            only("pace", "tus", spoken);
            only("when-short", "tus", spoken);
            only("max-size", "tus", spoken);
            only("media-types", "tus", spoken);
            only("messages", "websocket", spoken);
            only("when-full", "hls", spoken);
            only("renditions", "hls", spoken);
            if (!unreserved.isEmpty() && !spoken.equals("tus")) {
                conflict(
                        "cost",
                        "cost: " + RouteCosts.UNRESERVED + " on a route that speaks no tus",
                        "protocol: tus beside it");
            }
        }
        if (whenShort.equals(Optional.of(WhenShort.PACE)) && unreserved.isEmpty()) {
            conflict(
                    "when-short",
                    "when-short: pace, and nothing that could be short",
                    "a limit of bytes at a cost of " + RouteCosts.UNRESERVED);
        }
        if (fields.has("when-full") && !fields.has("session")) {
            conflict("when-full", "when-full: no session that could find its limit full", "session beside it");
        }
        if (fields.has("renditions") && !whenFull.equals(Optional.of(WhenFull.DROP))) {
            conflict("renditions", "renditions: none are dropped", "when-full: drop beside it");
        }
        if (name.isEmpty()) {
            return Protocol.PLAIN;
        }
        return switch (name.get()) {
            case "tus" ->
                new Protocol.Tus(
                        pace.map(OptionalLong::of).orElse(OptionalLong.empty()),
                        whenShort.orElse(WhenShort.DENY),
                        unreserved,
                        maxSize.map(OptionalLong::of).orElse(OptionalLong.empty()),
                        mediaTypes);
            case "hls" -> {
                opensWithGet("hls", pattern);
                yield new Protocol.Hls(
                        whenFull.orElse(WhenFull.REFUSE), renditions.orElse(1L).intValue());
            }
            case "sse" -> {
                opensWithGet("sse", pattern);
                yield new Protocol.EventStream();
            }
            default -> {
                opensWithGet("websocket", pattern);
                yield new Protocol.WebSocket(
                        messages.map(Messages::rate),
                        messages.map(Messages::words).orElse(""));
            }
        };
    }

    private void only(String key, String protocol, String spoken) {
        if (fields.has(key) && !spoken.equals(protocol)) {
            conflict(key, key + " on a route that speaks no " + protocol, "protocol: " + protocol + " beside it");
        }
    }

    private void opensWithGet(String name, Optional<RoutePattern> pattern) {
        Set<String> methods = pattern.map(RoutePattern::methods).orElse(Set.of());
        if (!methods.isEmpty() && !methods.contains("GET")) {
            conflict(
                    "protocol",
                    "protocol: " + name + " begins with GET, which the route does not take",
                    "GET in match");
        }
    }

    private void conflict(String key, String message, String expected) {
        shapes.problems().error(Code.CONFLICT, fields.placeOf(key), message + " (expected: " + expected + ")");
    }

    private static long size(String text) throws Malformed {
        long bytes = CountText.parse(new Word(text, 0), TokenUnit.BYTES);
        if (bytes == 0) {
            throw new Malformed(text, 0, "more than zero");
        }
        return bytes;
    }

    private static String mediaType(String text) throws Malformed {
        if (!MEDIA_TYPE.matcher(text).matches()) {
            throw new Malformed(text, 0, "a media type in lower case such as image/png or video/*");
        }
        return text;
    }

    private static Messages messages(String text) throws Malformed {
        if (new AmountText(text, TokenUnit.REQUESTS).rate() instanceof Amount.Metered metered
                && metered.quota() instanceof TokenBucket bucket) {
            return new Messages(bucket, text);
        }
        throw new Malformed(text, 0, "a count per period such as 20/s burst 40");
    }

    private static long pace(String text) throws Malformed {
        int stroke = text.indexOf('/');
        if (stroke < 0) {
            throw new Malformed(text, 0, "a size per second such as 8 MiB/s");
        }
        if (!text.substring(stroke + 1).equals("s")) {
            throw new Malformed(text.substring(stroke + 1), stroke + 1, "s", "s");
        }
        long bytes = CountText.parse(new Word(text.substring(0, stroke), 0), TokenUnit.BYTES);
        if (bytes < SLOWEST) {
            throw new Malformed(text, 0, "at least 1 KiB/s");
        }
        return bytes;
    }
}
