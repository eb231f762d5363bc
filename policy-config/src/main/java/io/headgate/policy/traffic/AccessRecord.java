package io.headgate.policy.traffic;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.replay.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request, and what became of it.
 *
 * @param atMicros when it was judged, in microseconds since 1970
 * @param method effective HTTP method
 * @param host the host asked for; empty if unknown
 * @param path canonical path, without query
 * @param headers header fields that routes look at, by name in lower case
 * @param countedHeaders header fields that limits count by, by name in lower case
 * @param ip address of the client
 * @param caller who called, as far as it was verified
 * @param authenticated whether the credential, or its absence, was accepted
 * @param verdict what became of it; {@code null} if the store gave no answer
 * @param by limits that refused it
 */
public record AccessRecord(
        long atMicros,
        String method,
        String host,
        String path,
        Map<String, String> headers,
        Map<String, String> countedHeaders,
        IpAddress ip,
        Caller caller,
        boolean authenticated,
        @Nullable Verdict verdict,
        List<String> by) {

    public AccessRecord {
        headers = Map.copyOf(headers);
        countedHeaders = Map.copyOf(countedHeaders);
        by = List.copyOf(by);
    }

    /** What a policy may look at in it. */
    public RequestFacts facts() {
        return new RequestFacts(method, host, path, this::header, ip, caller);
    }

    private @Nullable String header(String name) {
        if (headers.isEmpty() && countedHeaders.isEmpty()) {
            return null;
        }
        String key = name.toLowerCase(Locale.ROOT);
        String value = headers.get(key);
        return value == null ? countedHeaders.get(key) : value;
    }

    /** The same request of somebody who is told apart from others, but no longer known. */
    public AccessRecord under(Pseudonyms pseudonyms) {
        Map<String, String> counted = new LinkedHashMap<>();
        countedHeaders.forEach((name, value) -> counted.put(name, pseudonyms.of("header." + name, value)));
        return new AccessRecord(
                atMicros,
                method,
                host,
                path,
                headers,
                counted,
                pseudonyms.of(ip),
                pseudonyms.of(caller),
                authenticated,
                verdict,
                by);
    }
}
