package io.headgate.policy.traffic;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.replay.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One request, and what became of it.
 *
 * @param atMicros when it was judged, in microseconds since 1970
 * @param method effective HTTP method
 * @param host the host asked for; empty if unknown
 * @param path canonical path, without query
 * @param headers header fields that routes look at or that say what it costs, by name in lower case
 * @param countedHeaders header fields that limits count by, by name in lower case
 * @param sessions what names sessions, by where it stands: {@code query.sid}, {@code header.x-session}
 * @param ip address of the client
 * @param caller who called, as far as it was verified
 * @param authenticated whether the credential, or its absence, was accepted
 * @param verdict what became of it; {@code null} if the store gave no answer
 * @param by limits that refused it
 * @param paid limits that a request before it had paid for it: the creation of the upload that it belongs to
 */
public record AccessRecord(
        long atMicros,
        String method,
        String host,
        String path,
        Map<String, String> headers,
        Map<String, String> countedHeaders,
        Map<String, String> sessions,
        IpAddress ip,
        Caller caller,
        boolean authenticated,
        @Nullable Verdict verdict,
        List<String> by,
        List<String> paid) {

    private static final String QUERY = "query.";
    private static final String HEADER = "header.";

    public AccessRecord {
        headers = Map.copyOf(headers);
        countedHeaders = Map.copyOf(countedHeaders);
        sessions = Map.copyOf(sessions);
        by = List.copyOf(by);
        paid = List.copyOf(paid);
    }

    /** What a policy may look at in it. */
    public RequestFacts facts() {
        return new RequestFacts(method, host, path, query(), this::header, ip, caller);
    }

    private String query() {
        return sessions.isEmpty()
                ? ""
                : sessions.entrySet().stream()
                        .filter(session -> session.getKey().startsWith(QUERY))
                        .map(session -> session.getKey().substring(QUERY.length()) + "=" + session.getValue())
                        .collect(Collectors.joining("&"));
    }

    private @Nullable String header(String name) {
        if (headers.isEmpty() && countedHeaders.isEmpty() && sessions.isEmpty()) {
            return null;
        }
        String key = name.toLowerCase(Locale.ROOT);
        String value = headers.get(key);
        if (value == null) {
            value = countedHeaders.get(key);
        }
        return value == null ? sessions.get(HEADER + key) : value;
    }

    /** The same request of somebody who is told apart from others, but no longer known. */
    public AccessRecord under(Pseudonyms pseudonyms) {
        return new AccessRecord(
                atMicros,
                method,
                host,
                path,
                headers,
                replaced(countedHeaders, (name, value) -> pseudonyms.of(HEADER + name, value)),
                replaced(sessions, (place, session) -> pseudonyms.of("session", session)),
                pseudonyms.of(ip),
                pseudonyms.of(caller),
                authenticated,
                verdict,
                by,
                paid);
    }

    /** What is empty names nobody, and stays empty: to policies that is often the same as to say nothing. */
    private static Map<String, String> replaced(Map<String, String> values, BinaryOperator<String> pseudonym) {
        Map<String, String> hidden = new HashMap<>();
        values.forEach((name, value) -> hidden.put(name, value.isEmpty() ? "" : pseudonym.apply(name, value)));
        return hidden;
    }
}
