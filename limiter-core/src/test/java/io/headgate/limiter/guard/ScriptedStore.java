package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that answers when and how the test says, and counts how often it was asked. */
final class ScriptedStore implements LimitStore {

    final List<CompletableFuture<Decision>> asked = new ArrayList<>();
    final List<Decision.Allowed> refunded = new ArrayList<>();
    private boolean failing;

    void failFromNowOn() {
        failing = true;
    }

    void answerFromNowOn() {
        failing = false;
    }

    static Decision.Allowed allowed() {
        return new Decision.Allowed(List.of(new Usage(1, 1, 0)), Decision.Source.STORE, List.of(1L));
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        CompletableFuture<Decision> answer = new CompletableFuture<>();
        asked.add(answer);
        if (failing) {
            answer.completeExceptionally(new StoreUnavailable("scripted outage"));
        }
        return answer;
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        refunded.add(admission);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        return failing
                ? CompletableFuture.failedFuture(new StoreUnavailable("scripted outage"))
                : CompletableFuture.completedFuture(List.of(new Usage(1, 1, 0)));
    }
}
