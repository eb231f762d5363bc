package io.headgate.limiter.local;

import io.headgate.limiter.LimitKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** What has been settled, for as long as that is remembered. Bounded: beyond the most the oldest go. Not thread-safe. */
final class Settlements {

    private final Map<LimitKey, Long> until = new LinkedHashMap<>();
    private final int most;

    /** @param most most settlements remembered at once */
    Settlements(int most) {
        this.most = most;
    }

    /** Remembers a settlement, if it is one that is not remembered yet. */
    boolean begin(LimitKey mark, long nowMicros, long rememberedMicros) {
        if (until.getOrDefault(mark, nowMicros) > nowMicros) {
            return false;
        }
        until.remove(mark);
        dropOldest(nowMicros);
        until.put(mark, nowMicros + rememberedMicros);
        return true;
    }

    private void dropOldest(long nowMicros) {
        Iterator<Long> oldest = until.values().iterator();
        boolean dropping = true;
        while (dropping && oldest.hasNext()) {
            dropping = oldest.next() <= nowMicros || until.size() >= most;
            if (dropping) {
                oldest.remove();
            }
        }
    }
}
