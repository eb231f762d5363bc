package io.headgate.limiter.local;

import io.headgate.limiter.Reminders;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Reminders in this process. Asking what is due looks at each. Thread-safe. */
public final class LocalReminders implements Reminders {

    private final Map<Subject, Long> dueNanos = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /** @param nanoTime as {@link System#nanoTime()} */
    public LocalReminders(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public CompletionStage<Void> set(Subject about, Duration after) {
        Reminders.check(after);
        dueNanos.put(about, nanoTime.getAsLong() + after.toNanos());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> clear(Subject about) {
        dueNanos.remove(about);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<Subject>> due(int most) {
        long now = nanoTime.getAsLong();
        return CompletableFuture.completedFuture(dueNanos.entrySet().stream()
                .filter(reminder -> now - reminder.getValue() >= 0)
                .limit(most)
                .map(Map.Entry::getKey)
                .toList());
    }
}
