package io.headgate.limiter.hazelcast;

import io.headgate.limiter.StoreUnavailable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What a member or client is asked besides decisions. */
final class Question {

    private Question() {}

    /** Asks it; whatever goes wrong, in asking or later, is {@link StoreUnavailable} in the stage. */
    static <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            question.get().whenComplete((found, error) -> {
                if (error == null) {
                    answer.complete(found);
                } else {
                    answer.completeExceptionally(new StoreUnavailable("hazelcast: " + error.getMessage(), error));
                }
            });
        } catch (RuntimeException e) {
            // A member that has been shut down throws here and not in the stage.
            answer.completeExceptionally(new StoreUnavailable("hazelcast: " + e.getMessage(), e));
        }
        return answer;
    }
}
