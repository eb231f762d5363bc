package io.headgate.gateway.media;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** How long a request waits for notes. Without an answer it goes on as if there were none. */
final class Patience {

    private static final long MILLIS = 500;

    private Patience() {}

    /** What an answer means; {@code otherwise} if there is none in time. */
    static <A, B> CompletableFuture<B> with(CompletionStage<A> answer, Function<A, B> meaning, B otherwise) {
        return answer.toCompletableFuture()
                .thenApply(meaning)
                .completeOnTimeout(otherwise, MILLIS, TimeUnit.MILLISECONDS)
                .exceptionally(unanswered -> otherwise);
    }
}
