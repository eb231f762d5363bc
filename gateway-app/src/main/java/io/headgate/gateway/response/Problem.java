package io.headgate.gateway.response;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.springframework.http.HttpStatus;

/**
 * An answer of the gateway's own making that is not a success, as RFC 9457 problem details.
 *
 * @param status HTTP status
 * @param type URI of the problem's type
 * @param title short summary of the type
 * @param detail what happened to this request, in words
 * @param members further members of the body
 * @param headers further headers of the answer
 */
public record Problem(
        HttpStatus status,
        String type,
        String title,
        String detail,
        Map<String, Object> members,
        Map<String, String> headers) {

    /** Keeps the order of members and headers. */
    public Problem {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** A problem that its status says all about. */
    public static Problem of(HttpStatus status, String detail) {
        return new Problem(status, "about:blank", status.getReasonPhrase(), detail, Map.of(), Map.of());
    }

    /** A problem of a type of its own. */
    public static Problem of(HttpStatus status, String type, String title, String detail) {
        return new Problem(status, type, title, detail, Map.of(), Map.of());
    }

    /** This problem with one more member in its body. */
    public Problem with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new Problem(status, type, title, detail, more, headers);
    }

    /** This problem with one more header. */
    public Problem withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(status, type, title, detail, members, more);
    }

    /** This problem with the time to wait, in its header and in its body; unchanged if waiting does not help. */
    public Problem retryAfter(OptionalLong seconds) {
        if (seconds.isEmpty()) {
            return this;
        }
        long wait = seconds.getAsLong();
        return withHeader("Retry-After", Long.toString(wait)).with("retry-after", wait);
    }
}
