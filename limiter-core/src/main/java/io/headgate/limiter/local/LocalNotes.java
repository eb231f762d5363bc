package io.headgate.limiter.local;

import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Notes in this process. Those that nobody may read any more are thrown away as new ones come. Thread-safe. */
public final class LocalNotes implements SharedNotes {

    private static final long SWEEP_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private static final class Note {
        private final byte[] text;
        private final long endNanos;

        Note(byte[] text, long endNanos) {
            this.text = text;
            this.endNanos = endNanos;
        }
    }

    private final Map<Subject, Note> notes = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    private final AtomicLong nextSweep;

    /** @param nanoTime as {@link System#nanoTime()} */
    public LocalNotes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.nextSweep = new AtomicLong(nanoTime.getAsLong() + SWEEP_EVERY_NANOS);
    }

    @Override
    public CompletionStage<Void> put(Subject about, byte[] note, Duration keep) {
        SharedNotes.check(note, keep);
        long now = nanoTime.getAsLong();
        sweep(now);
        notes.put(about, new Note(note.clone(), now + keep.toNanos()));
        return CompletableFuture.completedFuture(null);
    }

    private void sweep(long now) {
        long due = nextSweep.get();
        if (now - due >= 0 && nextSweep.compareAndSet(due, now + SWEEP_EVERY_NANOS)) {
            notes.values().removeIf(note -> now - note.endNanos >= 0);
        }
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(Subject about) {
        return CompletableFuture.completedFuture(readable(notes.get(about)));
    }

    @Override
    public CompletionStage<Optional<byte[]>> remove(Subject about) {
        return CompletableFuture.completedFuture(readable(notes.remove(about)));
    }

    private Optional<byte[]> readable(@Nullable Note note) {
        return note == null || nanoTime.getAsLong() - note.endNanos >= 0
                ? Optional.empty()
                : Optional.of(note.text.clone());
    }
}
