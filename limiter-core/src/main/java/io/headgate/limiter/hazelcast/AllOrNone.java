package io.headgate.limiter.hazelcast;

import io.headgate.limiter.Decision;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One acquire over the subjects of a call: charges them in order and gives back what it has charged unless all of them
 * admit. Used once.
 */
final class AllOrNone {

    private final Subjects subjects;
    private final List<SubjectPart> parts;
    private final SubjectReply[] replies;
    private final int charges;
    private final CompletableFuture<Decision> answer = new CompletableFuture<>();

    /** How many parts hold a charge that is still to be given back if this fails. Steps never run side by side. */
    private int charged;

    /**
     * @param parts of the call, in the order in which to charge them
     * @param charges how many the call has
     */
    AllOrNone(Subjects subjects, List<SubjectPart> parts, int charges) {
        this.subjects = subjects;
        this.parts = parts;
        this.replies = new SubjectReply[parts.size()];
        this.charges = charges;
    }

    CompletableFuture<Decision> decide() {
        var unused = chargeFrom(0).whenComplete((decision, error) -> {
            if (error != null) {
                giveBackAll();
                answer.completeExceptionally(Subjects.translated(error));
            } else if (!answer.complete(decision)) {
                // Decided, but too late for the caller, who has done without.
                giveBackAll();
            }
        });
        return answer;
    }

    private CompletableFuture<Decision> chargeFrom(int next) {
        if (next == parts.size()) {
            return CompletableFuture.completedFuture(allowed());
        }
        if (answer.isDone()) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailable("hazelcast: nobody waits for this call any more"));
        }
        SubjectPart part = parts.get(next);
        return subjects.submit(part.key(), part.acquire()).thenCompose(reply -> {
            replies[next] = reply;
            if (!reply.admitted()) {
                return refuse(next);
            }
            charged = next + 1;
            return chargeFrom(next + 1);
        });
    }

    /** Not waiting for it: whoever was waiting for a decision has to do without one. */
    private void giveBackAll() {
        for (int i = 0; i < charged; i++) {
            var unused = giveBack(i);
        }
    }

    private CompletableFuture<Decision> refuse(int refusing) {
        charged = 0;
        CompletableFuture<?>[] others = new CompletableFuture<?>[parts.size()];
        for (int i = 0; i < parts.size(); i++) {
            int index = i;
            SubjectPart part = parts.get(i);
            if (i == refusing) {
                others[i] = CompletableFuture.completedFuture(null);
            } else {
                CompletableFuture<SubjectReply> look =
                        i < refusing ? giveBack(i) : subjects.submit(part.key(), part.refuse());
                others[i] = look.thenAccept(reply -> replies[index] = reply);
            }
        }
        return CompletableFuture.allOf(others).thenApply(done -> new Decision.Denied(usages(), Decision.Source.STORE));
    }

    private CompletableFuture<SubjectReply> giveBack(int index) {
        SubjectPart part = parts.get(index);
        return subjects.submit(part.key(), part.refund(replies[index].moments()));
    }

    private Decision allowed() {
        Long[] moments = new Long[charges];
        long delay = 0;
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).putMoments(replies[i], moments);
            delay = Math.max(delay, replies[i].delayMicros());
        }
        return new Decision.Allowed(usages(), Decision.Source.STORE, Arrays.asList(moments), delay);
    }

    private List<Usage> usages() {
        Usage[] usages = new Usage[charges];
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).putUsages(replies[i], usages);
        }
        return Arrays.asList(usages);
    }
}
