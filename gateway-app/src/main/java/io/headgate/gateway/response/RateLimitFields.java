package io.headgate.gateway.response;

import io.headgate.gateway.ratelimit.Standing;
import java.util.List;
import org.springframework.http.HttpHeaders;

/**
 * The fields of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10). The draft
 * still moves; its names and parameters stand here and nowhere else.
 */
final class RateLimitFields {

    static final String POLICY = "RateLimit-Policy";
    static final String LIMIT = "RateLimit";

    private RateLimitFields() {}

    /** Writes both fields for these standings, in their order. */
    static void write(HttpHeaders headers, List<Standing> standings) {
        StringBuilder policy = new StringBuilder(48 * standings.size());
        StringBuilder limit = new StringBuilder(32 * standings.size());
        for (Standing standing : standings) {
            QuotaNumbers quota = QuotaNumbers.of(standing);
            item(policy, standing).append(";q=").append(quota.count());
            QuotaUnit.of(standing.limit().unit())
                    .ifPresent(unit -> policy.append(";qu=\"").append(unit).append('"'));
            quota.seconds().ifPresent(seconds -> policy.append(";w=").append(seconds));
            item(limit, standing)
                    .append(";r=")
                    .append(standing.usage().remaining())
                    .append(";t=")
                    .append(Seconds.roundedUp(standing.resetMicros()));
        }
        headers.set(POLICY, policy.toString());
        headers.set(LIMIT, limit.toString());
    }

    private static StringBuilder item(StringBuilder list, Standing standing) {
        return list.append(list.isEmpty() ? "\"" : ", \"")
                .append(standing.limit().name())
                .append('"');
    }
}
