package io.headgate.gateway.media;

import io.headgate.limiter.LimitKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The playbacks that this gateway has noted as under way, so that it does so a few times in each lease and not with each
 * segment. Of too many, the one not heard of for longest is forgotten, and noted again. Thread-safe.
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

    private final Map<Playback, Long> noted = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Playback, Long> eldest) {
            return size() > MOST;
        }
    };

    /** Hears of a playback; unless that was lately, it is taken to be noted now. */
    synchronized Heard hear(LimitKey counter, long holder, Duration lease) {
        Playback playback = new Playback(counter, holder);
        long now = System.nanoTime();
        Long before = noted.get(playback);
        if (before != null && now - before < lease.toNanos() / NOTES_PER_LEASE) {
            return Heard.LATELY;
        }
        noted.put(playback, now);
        return before == null ? Heard.NEVER : Heard.A_WHILE_AGO;
    }

    synchronized void forget(LimitKey counter, long holder) {
        noted.remove(new Playback(counter, holder));
    }
}
