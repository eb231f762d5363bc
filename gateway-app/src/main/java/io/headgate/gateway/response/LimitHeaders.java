package io.headgate.gateway.response;

import io.headgate.gateway.ratelimit.Standing;
import io.headgate.policy.match.HeaderFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/** Tells clients how they stand with their limits, on every answer that was counted, whoever wrote it. */
public final class LimitHeaders {

    private static final int MOST_REPORTED = 3;

    /** Refusals first, the longest wait leading; then by the part that is left. */
    private static final Comparator<Standing> MOST_CONSTRAINED = Comparator.comparingLong(
                    (Standing standing) -> -standing.usage().waitMicros())
            .thenComparingDouble(Standing::share);

    private LimitHeaders() {}

    /**
     * Has the headers written when the response is. A backend's headers of the same names are replaced: only the gateway
     * knows.
     */
    public static void attach(ServerHttpResponse response, List<Standing> standings, Set<HeaderFamily> families) {
        List<Standing> reported = reported(standings);
        if (reported.isEmpty() || families.isEmpty()) {
            return;
        }
        response.beforeCommit(() -> {
            HttpHeaders headers = response.getHeaders();
            if (families.contains(HeaderFamily.IETF)) {
                RateLimitFields.write(headers, reported);
            }
            if (families.contains(HeaderFamily.LEGACY)) {
                Standing tightest = reported.get(0);
                headers.set(
                        "X-RateLimit-Limit",
                        Long.toString(QuotaNumbers.of(tightest).count()));
                headers.set(
                        "X-RateLimit-Remaining", Long.toString(tightest.usage().remaining()));
                headers.set("X-RateLimit-Reset", Long.toString(Seconds.roundedUp(tightest.resetMicros())));
            }
            return Mono.empty();
        });
    }

    private static List<Standing> reported(List<Standing> standings) {
        List<Standing> reported = new ArrayList<>(standings.size());
        for (Standing standing : standings) {
            if (standing.limit().advertise()) {
                reported.add(standing);
            }
        }
        reported.sort(MOST_CONSTRAINED);
        return reported.size() > MOST_REPORTED ? reported.subList(0, MOST_REPORTED) : reported;
    }
}
