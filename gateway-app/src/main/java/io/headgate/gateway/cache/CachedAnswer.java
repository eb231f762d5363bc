package io.headgate.gateway.cache;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpHeaders;

/**
 * A complete answer 200.
 *
 * @param headers as the backend gave them
 * @param body read-only
 * @param varying what the request said in the fields that the answer varies by
 * @param bornNanos when it was new, of {@link System#nanoTime}
 * @param freshness for how long from then it is as good as a new one
 * @param useful for how long from then it is of any use
 * @param forEverybody whether it is the same for all callers
 */
record CachedAnswer(
        HttpHeaders headers,
        ByteBuffer body,
        Map<String, List<String>> varying,
        long bornNanos,
        Duration freshness,
        Duration useful,
        boolean forEverybody) {

    /** Larger ones are not kept: media are not. */
    static final int LARGEST = 256 << 10;

    private static final int OVERHEAD = 2_048;

    /** What a request says in the fields that {@code answer} varies by. */
    static Map<String, List<String>> varying(HttpHeaders answer, HttpHeaders request) {
        Map<String, List<String>> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        answer.getVary().forEach(field -> values.put(field, request.getOrDefault(field, List.of())));
        return values;
    }

    /** Whether a request that says this gets this answer (RFC 9111, section 4.1). */
    boolean answers(HttpHeaders request) {
        return varying.entrySet().stream()
                .allMatch(
                        field -> request.getOrDefault(field.getKey(), List.of()).equals(field.getValue()));
    }

    long ageSeconds(long nowNanos) {
        return Duration.ofNanos(nowNanos - bornNanos).toSeconds();
    }

    boolean isFresh(long nowNanos) {
        return nowNanos - bornNanos < freshness.toNanos();
    }

    /** Whether its time has been over for less than this. */
    boolean isWithin(Duration stale, long nowNanos) {
        return nowNanos - bornNanos - freshness.toNanos() < stale.toNanos();
    }

    /** Bytes of memory, roughly. */
    int weight() {
        return body.remaining() + OVERHEAD;
    }
}
