package io.headgate.gateway.cache;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;

/** The directives of {@code Cache-Control} (RFC 9111, section 5.2), of a request or of an answer. */
record CacheControl(Map<String, String> directives) {

    /** Nothing is kept as fresh for longer, whatever a backend says. */
    private static final long LONGEST_SECONDS = Duration.ofDays(1).toSeconds();

    static CacheControl of(HttpHeaders headers) {
        Map<String, String> directives = new HashMap<>();
        for (String line : headers.getOrDefault(HttpHeaders.CACHE_CONTROL, List.of())) {
            for (String directive : line.split(",", -1)) {
                String[] parts = directive.split("=", 2);
                String value = parts.length == 2 ? parts[1].strip().replace("\"", "") : "";
                directives.put(parts[0].strip().toLowerCase(Locale.ROOT), value);
            }
        }
        return new CacheControl(directives);
    }

    boolean has(String directive) {
        return directives.containsKey(directive);
    }

    /** Whether the answer is the same for everybody, as its backend says. */
    boolean isPublic() {
        return has("public") || (has("s-maxage") && !has("private"));
    }

    /** Whether the answer may be kept and given after its time. */
    boolean allowsStale() {
        return !has("no-store") && !has("no-cache") && !has("must-revalidate") && !has("proxy-revalidate");
    }

    /** For how long the answer is as good as a new one; not at all unless it says so. */
    Duration freshness() {
        long seconds = seconds("s-maxage").or(() -> seconds("max-age")).orElse(0L);
        return Duration.ofSeconds(Math.min(seconds, LONGEST_SECONDS));
    }

    private Optional<Long> seconds(String directive) {
        String value = directives.getOrDefault(directive, "");
        return value.matches("\\d{1,18}") ? Optional.of(Long.parseLong(value)) : Optional.empty();
    }
}
