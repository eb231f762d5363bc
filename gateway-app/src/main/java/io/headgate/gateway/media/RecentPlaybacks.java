package io.headgate.gateway.media;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.headgate.limiter.LimitKey;
import java.time.Duration;

/**
 * The playbacks that this gateway has noted as under way, so that it does so a few times in each lease and not with each
 * segment. Of too many, those that are heard of least are forgotten, and noted again. Thread-safe.
 */
final class RecentPlaybacks {

    private static final int MOST = 20_000;
    private static final int NOTES_PER_LEASE = 3;

    /** What is known of a playback. */
    enum Heard {
        /** It is new here. */
        NEVER,
        /** It has been noted, and it is time to do so again. */
        A_WHILE_AGO,
        /** It has been noted. */
        LATELY
    }

    private record Playback(LimitKey counter, long holder) {}

    private final Cache<Playback, Long> noted =
            Caffeine.newBuilder().maximumSize(MOST).build();

    /** Hears of a playback; unless that was lately, it is taken to be noted now. */
    Heard hear(LimitKey counter, long holder, Duration lease) {
        Playback playback = new Playback(counter, holder);
        long now = System.nanoTime();
        Long before = noted.getIfPresent(playback);
        if (before != null && now - before < lease.toNanos() / NOTES_PER_LEASE) {
            return Heard.LATELY;
        }
        // Two requests at the same time may both note it, which does no harm.
        noted.put(playback, now);
        return before == null ? Heard.NEVER : Heard.A_WHILE_AGO;
    }

    void forget(LimitKey counter, long holder) {
        noted.invalidate(new Playback(counter, holder));
    }
}
