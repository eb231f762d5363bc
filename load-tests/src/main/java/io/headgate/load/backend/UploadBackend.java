package io.headgate.load.backend;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Resumable uploads under {@code /files}: tus 1.0.0 with creation (also of unknown length) and termination. A body goes
 * to disk as it arrives; only a few buffers of it are ever in memory.
 */
final class UploadBackend implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    static final long MAX_SIZE = 64L << 30;

    private static final String ROOT = "/files";

    /** After so long without a byte the client is gone, and its lock with it. */
    private static final Duration IDLE = Duration.ofSeconds(60);

    /** Buffers between the socket and the disk; the socket is not read while they are full. */
    private static final int BUFFERS = 8;

    private final UploadFolder uploads;
    private final Scheduler disk = Schedulers.boundedElastic();

    UploadBackend(UploadFolder uploads) {
        this.uploads = uploads;
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        return Mono.fromCallable(() -> answer(request))
                .flatMap(answer -> answer)
                .subscribeOn(disk)
                // Nobody is left to answer; what has arrived is kept.
                .onErrorResume(AbortedException::isConnectionReset, gone -> Mono.never())
                .onErrorResume(Refusal.class, refusal -> Mono.just(refusal.answer()))
                .flatMap(answer -> answer.with(Tus.RESUMABLE, Tus.VERSION).sendTo(request, response));
    }

    private Mono<Answer> answer(HttpServerRequest request) throws IOException {
        String path = request.fullPath();
        String method = effectiveMethod(request);
        if (method.equals("OPTIONS")) {
            return Mono.just(capabilities());
        }
        if (!Tus.VERSION.equals(request.requestHeaders().get(Tus.RESUMABLE))) {
            throw new Refusal(
                    Answer.of(412, Tus.RESUMABLE + ": expected " + Tus.VERSION).with(Tus.SUPPORTED, Tus.VERSION));
        }
        if (path.equals(ROOT) || path.equals(ROOT + "/")) {
            return switch (method) {
                case "POST" -> Mono.just(create(request.requestHeaders()));
                default -> throw new Refusal(notAllowed("OPTIONS, POST"));
            };
        }
        String id = path.startsWith(ROOT + "/") ? path.substring(ROOT.length() + 1) : "";
        return switch (method) {
            case "HEAD" -> Mono.just(status(find(id)));
            case "PATCH" -> append(id, request);
            case "DELETE" -> Mono.just(terminate(id));
            default -> throw new Refusal(notAllowed("OPTIONS, HEAD, PATCH, DELETE"));
        };
    }

    /** Clients whose environment cannot send PATCH or DELETE name the method in a header of a POST. */
    private static String effectiveMethod(HttpServerRequest request) {
        String override = request.requestHeaders().get(Tus.METHOD_OVERRIDE);
        String method = request.method().name();
        return method.equals("POST") && override != null ? override : method;
    }

    private static Answer notAllowed(String allowed) {
        return Answer.of(405).with(HttpHeaderNames.ALLOW, allowed);
    }

    private static Answer capabilities() {
        return Answer.of(204)
                .with(Tus.SUPPORTED, Tus.VERSION)
                .with(Tus.EXTENSION, Tus.EXTENSIONS)
                .with(Tus.MAX_SIZE, MAX_SIZE);
    }

    private Answer create(HttpHeaders headers) throws IOException {
        OptionalLong length = declaredLength(headers);
        String defer = headers.get(Tus.UPLOAD_DEFER_LENGTH);
        if (defer != null && !defer.equals("1")) {
            throw new Refusal(400, Tus.UPLOAD_DEFER_LENGTH + ": " + defer + " (expected: 1)");
        }
        if (length.isPresent() == (defer != null)) {
            throw new Refusal(400, "expected either " + Tus.UPLOAD_LENGTH + " or " + Tus.UPLOAD_DEFER_LENGTH + ": 1");
        }
        Upload upload = uploads.create(length, Tus.metadata(headers.get(Tus.UPLOAD_METADATA)));
        // Relative, so that whatever stands in front of this backend stays in the client's way.
        return Answer.of(201).with(HttpHeaderNames.LOCATION, ROOT + "/" + upload.id());
    }

    private static OptionalLong declaredLength(HttpHeaders headers) {
        OptionalLong length = Tus.bytes(Tus.UPLOAD_LENGTH, headers.get(Tus.UPLOAD_LENGTH));
        if (length.orElse(0) > MAX_SIZE) {
            throw new Refusal(tooLarge(MAX_SIZE));
        }
        return length;
    }

    private static Answer tooLarge(long room) {
        return Answer.of(413, "Too large: at most " + room + " bytes fit here.").with(Tus.MAX_SIZE, MAX_SIZE);
    }

    private static Answer status(Upload upload) {
        Answer answer =
                Answer.of(200).with(Tus.UPLOAD_OFFSET, upload.offset()).with(HttpHeaderNames.CACHE_CONTROL, "no-store");
        answer = upload.length().isPresent()
                ? answer.with(Tus.UPLOAD_LENGTH, upload.length().getAsLong())
                : answer.with(Tus.UPLOAD_DEFER_LENGTH, 1);
        return upload.metadata().isEmpty() ? answer : answer.with(Tus.UPLOAD_METADATA, upload.metadata());
    }

    private Mono<Answer> append(String id, HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        if (!Tus.CONTENT_TYPE.equalsIgnoreCase(headers.get(HttpHeaderNames.CONTENT_TYPE))) {
            throw new Refusal(415, "Content-Type: expected " + Tus.CONTENT_TYPE);
        }
        long offset = Tus.bytes(Tus.UPLOAD_OFFSET, headers.get(Tus.UPLOAD_OFFSET))
                .orElseThrow(() -> new Refusal(400, Tus.UPLOAD_OFFSET + ": expected a count of bytes"));
        return Mono.using(() -> lock(id), lock -> append(id, offset, lock, request), UploadFolder.Lock::close);
    }

    private Mono<Answer> append(String id, long offset, UploadFolder.Lock lock, HttpServerRequest request) {
        try {
            long room = admit(id, offset, lock, request.requestHeaders());
            return request.receive()
                    .asByteArray()
                    .timeout(IDLE)
                    .onErrorMap(TimeoutException.class, e -> new Refusal(408, "No byte came for " + IDLE + "."))
                    .publishOn(disk, BUFFERS)
                    .scan(0L, (received, bytes) -> write(lock, bytes, received, room))
                    .last()
                    .map(received -> Answer.of(204).with(Tus.UPLOAD_OFFSET, offset + received));
        } catch (IOException e) {
            return Mono.error(e);
        }
    }

    private static long write(UploadFolder.Lock lock, byte[] bytes, long received, long room) {
        // A body without Content-Length may still turn out too long; nothing beyond the declared length is written.
        if (bytes.length > room - received) {
            throw new Refusal(tooLarge(room));
        }
        lock.append(bytes);
        return received + bytes.length;
    }

    /** Checks an append against the state of its upload; returns how many bytes it may bring. */
    private long admit(String id, long offset, UploadFolder.Lock lock, HttpHeaders headers) throws IOException {
        Upload upload = find(id);
        if (offset != upload.offset()) {
            throw new Refusal(Answer.of(409, Tus.UPLOAD_OFFSET + ": " + offset + " (expected: " + upload.offset() + ")")
                    .with(Tus.UPLOAD_OFFSET, upload.offset()));
        }
        OptionalLong length = declaredLength(headers);
        if (length.isPresent() && !length.equals(upload.length())) {
            if (upload.length().isPresent() || length.getAsLong() < offset) {
                throw new Refusal(400, Tus.UPLOAD_LENGTH + ": " + length.getAsLong() + " (it cannot change)");
            }
            lock.declareLength(length.getAsLong());
            upload = find(id);
        }
        long room = upload.room(MAX_SIZE);
        if (Tus.bytes("Content-Length", headers.get(HttpHeaderNames.CONTENT_LENGTH))
                        .orElse(0)
                > room) {
            throw new Refusal(tooLarge(room));
        }
        return room;
    }

    private Answer terminate(String id) throws IOException {
        try (UploadFolder.Lock lock = lock(id)) {
            find(id); // another request may have deleted it before this one got the lock
            lock.delete();
        }
        return Answer.of(204);
    }

    private Upload find(String id) throws IOException {
        return uploads.find(id).orElseThrow(() -> new Refusal(404, "There is no such upload."));
    }

    private UploadFolder.Lock lock(String id) throws IOException {
        Upload upload = find(id);
        return uploads.lock(upload.id()).orElseThrow(() -> new Refusal(423, "Another request writes this upload."));
    }
}
