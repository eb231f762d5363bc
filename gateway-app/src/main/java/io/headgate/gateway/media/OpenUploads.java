package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.Subject;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * Uploads that have been created and have not ended, by their path, where every gateway finds them: whichever it is that an
 * upload goes on through, or ends at, knows what is held for it.
 *
 * <p>Without an answer from the store an upload is not held up: what was not written down is not given back, and drains or
 * expires like any admission.
 */
final class OpenUploads {

    private final SharedNotes notes;
    private final LimitGate gate;
    private final UploadMeters meters;

    OpenUploads(SharedNotes notes, LimitGate gate, UploadMeters meters) {
        this.notes = notes;
        this.gate = gate;
        this.meters = meters;
    }

    private static Subject at(String path) {
        return Subject.of("upload", path);
    }

    /** The upload at this path; empty if nothing is held for it, or nobody can tell. */
    Mono<Optional<OpenUpload>> find(String path) {
        return ask(notes.get(at(path)), note -> note.flatMap(OpenUploadCodec::read), Optional.empty());
    }

    /** Writes down how it stands with an upload. */
    Mono<Void> keep(String path, OpenUpload upload) {
        return ask(
                        notes.put(at(path), OpenUploadCodec.write(upload), upload.rest()),
                        done -> Boolean.TRUE,
                        Boolean.FALSE)
                .doOnNext(kept -> {
                    if (!kept) {
                        meters.lost();
                    }
                })
                .then();
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
        return ask(notes.remove(at(path)), note -> note.flatMap(OpenUploadCodec::read), Optional.<OpenUpload>empty())
                .doOnNext(found -> found.map(latest).ifPresent(upload -> giveBack(upload, how)))
                .then();
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
