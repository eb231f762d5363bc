package io.headgate.gateway.media;

import io.headgate.limiter.LimitKey;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The rolls of all counters, where every gateway finds them. Two gateways that write at the same moment may lose a playback
 * of one's; it is back when that gateway hears of it again.
 */
final class PlaybackRolls {

    /** A player that ended has given up by then. */
    private static final Duration ENDED = Duration.ofHours(1);

    private final SharedNotes notes;
    private final LongSupplier clock;

    /** @param clock milliseconds of the day, about the same on every gateway */
    PlaybackRolls(SharedNotes notes, LongSupplier clock) {
        this.notes = notes;
        this.clock = clock;
    }

    private static Subject of(LimitKey counter) {
        return Subject.of(
                "playbacks",
                counter.limit() + " " + counter.subject().hi() + " "
                        + counter.subject().lo());
    }

    /** Whether a playback has ended for another one. */
    CompletionStage<Boolean> hasEnded(LimitKey counter, long holder) {
        return read(counter)
                .thenApply(roll -> roll.filter(known -> known.hasEnded(holder, clock.getAsLong()))
                        .isPresent());
    }

    /** Notes that a playback is under way; {@code false} if that could not be done. */
    CompletionStage<Boolean> underWay(LimitKey counter, long holder, Duration lease) {
        return read(counter).thenCompose(known -> {
            long now = clock.getAsLong();
            long until = now + lease.toMillis() + lease.toMillis() / 2;
            return write(counter, known.orElse(PlaybackRoll.EMPTY).with(holder, now, until), lease);
        });
    }

    /**
     * Strikes out the playback that began first, but for {@code holder}'s; empty if none is known. If all have ended, it is the
     * last that did: between its end and now a request of its may have come first, and have taken the slot again.
     *
     * @return the playback as it was before
     */
    CompletionStage<Optional<PlaybackRoll.Entry>> endOldest(LimitKey counter, long holder, Duration lease) {
        return read(counter).thenCompose(known -> {
            long now = clock.getAsLong();
            Optional<PlaybackRoll.Entry> oldest =
                    known.flatMap(roll -> roll.oldest(holder, now).or(() -> roll.lastEnded(holder, now)));
            if (known.isEmpty() || oldest.isEmpty() || oldest.get().ended()) {
                return CompletableFuture.completedFuture(oldest);
            }
            PlaybackRoll left = known.get().ending(oldest.get(), now, now + ENDED.toMillis());
            return write(counter, left, lease).thenApply(written -> written ? oldest : Optional.empty());
        });
    }

    /** Empty if there is no roll, and if nobody can tell. */
    private CompletionStage<Optional<PlaybackRoll>> read(LimitKey counter) {
        return Patience.with(notes.get(of(counter)), note -> note.map(PlaybackRoll::read), Optional.empty());
    }

    private CompletionStage<Boolean> write(LimitKey counter, PlaybackRoll roll, Duration lease) {
        Duration keep = ENDED.plus(lease.multipliedBy(2)).truncatedTo(ChronoUnit.MILLIS);
        return Patience.with(notes.put(of(counter), roll.written(), keep), done -> true, false);
    }
}
