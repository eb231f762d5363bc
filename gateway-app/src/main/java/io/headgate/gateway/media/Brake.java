package io.headgate.gateway.media;

import reactor.core.publisher.Mono;

/** Decides when the next bytes of a body may pass. Asked once the bytes before them have passed. */
@FunctionalInterface
interface Brake {

    /** Completes when so many bytes may pass. */
    Mono<Void> release(int bytes);
}
