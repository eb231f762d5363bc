package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Uploads that have been created and have not ended, by their path, where every gateway finds them: whichever it is that an
 * upload goes on through, or ends at, knows what is held for it.
 *
 * <p>Without an answer from the store an upload is not held up: what was not written down is not given back, and drains or
 * expires like any admission.
 */
final class OpenUploads {

    /** For how long an upload whose time is over waits for a gateway that notices. */
    private static final Duration UNNOTICED = Duration.ofDays(1);

    private static final int POSTPONED_PER_REST = 3;

    private final SharedNotes notes;
    private final Reminders reminders;
    private final LimitGate gate;
    private final UploadMeters meters;
    private final InstantSource clock;

    /** @param clock of the day, for what backends say of it */
    OpenUploads(SharedNotes notes, Reminders reminders, LimitGate gate, UploadMeters meters, InstantSource clock) {
        this.notes = notes;
        this.reminders = reminders;
        this.gate = gate;
        this.meters = meters;
        this.clock = clock;
    }

    private static Subject at(String path) {
        return Subject.of("upload", path);
    }

    /** The upload at this path; empty if nothing is held for it, or nobody can tell. */
    Mono<Optional<OpenUpload>> find(String path) {
        return ask(notes.get(at(path)), note -> note.flatMap(OpenUploadCodec::read), Optional.empty());
    }

    /** Writes down how it stands with an upload, which may rest from now on. */
    Mono<Void> keep(String path, OpenUpload upload) {
        Duration rest = upload.rest(clock.instant());
        return ask(
                        notes.put(at(path), OpenUploadCodec.write(upload), rest.plus(UNNOTICED))
                                .thenCombine(reminders.set(at(path), rest), (noted, reminded) -> true),
                        done -> done,
                        Boolean.FALSE)
                .doOnNext(kept -> {
                    if (!kept) {
                        meters.lost();
                    }
                })
                .then();
    }

    /** Says again and again, until cancelled, that an upload is not resting: an append may take longer than it may rest. */
    Flux<Void> awake(String path, OpenUpload upload) {
        return Flux.defer(() -> {
            Duration rest = upload.rest(clock.instant());
            return Flux.interval(Duration.ZERO, rest.dividedBy(POSTPONED_PER_REST))
                    .onBackpressureDrop()
                    .concatMap(tick -> ask(reminders.set(at(path), rest), done -> true, false)
                            .then());
        });
    }

    /** That an upload is over, in this way. What it holds is given back by whoever is the first to say so. */
    Mono<Void> end(String path, UploadEnd how) {
        return end(path, how, UnaryOperator.identity());
    }

    /** The same for one that is known to be complete. */
    Mono<Void> complete(String path, long offset) {
        return end(path, UploadEnd.COMPLETED, upload -> upload.at(offset, upload.length()));
    }

    private Mono<Void> end(String path, UploadEnd how, UnaryOperator<OpenUpload> latest) {
        return ask(taken(at(path)), found -> found, Optional.<OpenUpload>empty())
                .doOnNext(found -> found.map(latest).ifPresent(upload -> giveBack(upload, how)))
                .then();
    }

    private CompletionStage<Optional<OpenUpload>> taken(Subject upload) {
        return notes.remove(upload).thenApply(note -> {
            if (note.isPresent()) {
                var unused = reminders.clear(upload);
            }
            return note.flatMap(OpenUploadCodec::read);
        });
    }

    /** Some of those that have rested for too long, whoever they are. */
    Mono<List<Subject>> overdue(int most) {
        return Mono.fromCompletionStage(() -> reminders.due(most));
    }

    /** That an upload has rested for too long. One that has ended otherwise meanwhile is left at that. */
    Mono<Void> expire(Subject upload) {
        return Mono.fromCompletionStage(() -> notes.remove(upload))
                .doOnNext(note ->
                        note.flatMap(OpenUploadCodec::read).ifPresent(open -> giveBack(open, UploadEnd.EXPIRED)))
                .then(Mono.fromCompletionStage(() -> reminders.clear(upload)));
    }

    /** Gives back the slots of an upload, and the bytes that have not arrived. */
    void giveBack(OpenUpload upload, UploadEnd how) {
        if (!upload.slots().isEmpty()) {
            gate.release(upload.slots());
        }
        long unused = 0;
        for (OpenUpload.Hold hold : upload.bytes()) {
            unused = Math.max(unused, hold.charge().cost() - upload.offset());
        }
        if (unused > 0 && upload.shared()) {
            gate.settle(upload.reserved(), upload.spent());
            meters.gaveBack(unused);
        }
        meters.ended(how);
    }

    private static <A, B> Mono<B> ask(CompletionStage<A> answer, Function<A, B> meaning, B otherwise) {
        return Mono.fromFuture(Patience.with(answer, meaning, otherwise), true);
    }
}
