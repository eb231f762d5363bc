package io.headgate.limiter.redis;

import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One acquire over several slots: charges all of them side by side, and gives back what it has charged unless all of
 * them admit. Those with a {@link io.headgate.limiter.Concurrency} limit come after the others: to renew a lease is not
 * undone by giving it back. Used once.
 *
 * <p><b>Over-admission:</b> none. A call is admitted after each of its limits has been charged for it, on its own
 * master's clock. <b>Under-admission:</b> a call that comes to nothing holds its charges until it has given them back,
 * one round trip after the last slot has spoken, and others may be refused for them meanwhile. A charge that cannot be
 * given back, because its master or this node is gone by then, counts until it drains or expires by itself.
 */
final class CrossSlotAcquire {

    private final List<SlotPart> parts;
    private final int withoutHolders;
    private final List<LimitStore> masters = new ArrayList<>();
    private final List<CompletableFuture<Decision>> asked = new ArrayList<>();
    private final int charges;
    private final CompletableFuture<Decision> answer = new CompletableFuture<>();

    /**
     * @param parts of the call
     * @param master who decides on a part
     * @param charges how many the call has
     */
    CrossSlotAcquire(List<SlotPart> parts, Function<SlotPart, LimitStore> master, int charges) {
        this.parts = parts.stream()
                .sorted(Comparator.comparing(SlotPart::hasHolders))
                .toList();
        this.withoutHolders =
                (int) parts.stream().filter(part -> !part.hasHolders()).count();
        this.charges = charges;
        this.parts.forEach(part -> masters.add(master.apply(part)));
    }

    CompletableFuture<Decision> decide() {
        var unused = ask(0, withoutHolders)
                .thenCompose(done -> allAdmitted() ? ask(withoutHolders, parts.size()) : done())
                .whenComplete((done, error) -> settle(error == null));
        return answer;
    }

    /** All of them at once, unless one is known to be gone: then there is nothing to be had from the rest. */
    private CompletableFuture<Void> ask(int from, int to) {
        List<CompletableFuture<Decision>> together = new ArrayList<>();
        for (int i = from; i < to; i++) {
            CompletableFuture<Decision> part =
                    masters.get(i).acquire(parts.get(i).charges()).toCompletableFuture();
            asked.add(part);
            together.add(part);
            var unused = part.whenComplete((decision, error) -> {
                if (error != null) {
                    answer.completeExceptionally(error);
                }
            });
            if (part.isCompletedExceptionally()) {
                break;
            }
        }
        return CompletableFuture.allOf(together.toArray(CompletableFuture[]::new));
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private void settle(boolean allSpoke) {
        if (!allSpoke) {
            giveBack();
        } else if (!allAdmitted()) {
            refuse();
        } else if (!answer.complete(allowed())) {
            // Decided, but too late for the caller, who has done without.
            giveBack();
        }
    }

    private boolean allAdmitted() {
        return IntStream.range(0, asked.size()).allMatch(this::admitted);
    }

    private boolean admitted(int i) {
        return i < asked.size()
                && !asked.get(i).isCompletedExceptionally()
                && asked.get(i).join() instanceof Decision.Allowed;
    }

    private CompletionStage<Void> giveBack(int i) {
        return masters.get(i)
                .refund(parts.get(i).charges(), (Decision.Allowed) asked.get(i).join());
    }

    /** Not waiting for it: whoever was waiting for a decision has to do without one. */
    private void giveBack() {
        for (int i = 0; i < asked.size(); i++) {
            if (admitted(i)) {
                var unused = giveBack(i);
            }
        }
    }

    private Decision allowed() {
        Usage[] usages = new Usage[charges];
        Long[] moments = new Long[charges];
        long delay = 0;
        for (int i = 0; i < parts.size(); i++) {
            Decision.Allowed part = (Decision.Allowed) asked.get(i).join();
            parts.get(i).put(part.usages(), usages);
            parts.get(i).put(part.atMicros(), moments);
            delay = Math.max(delay, part.delayMicros());
        }
        return new Decision.Allowed(Arrays.asList(usages), Decision.Source.STORE, Arrays.asList(moments), delay);
    }

    /** Refused whatever becomes of the refunds; what a slot does not say any more is not said. */
    private void refuse() {
        Usage[] usages = new Usage[charges];
        List<CompletableFuture<?>> looks = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            SlotPart part = parts.get(i);
            if (admitted(i)) {
                CompletionStage<Void> back = giveBack(i);
                CompletionStage<List<Usage>> seen = masters.get(i).peek(part.charges());
                looks.add(back.thenCombine(seen, (done, look) -> look)
                        .thenAccept(look -> part.put(look, usages))
                        .toCompletableFuture());
            } else if (i < asked.size()) {
                part.put(asked.get(i).join().usages(), usages);
            } else {
                looks.add(masters.get(i)
                        .peek(part.charges())
                        .thenAccept(look -> part.put(look, usages))
                        .toCompletableFuture());
            }
        }
        var unused = CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .whenComplete((done, error) -> answer.complete(denied(usages)));
    }

    private static Decision denied(Usage[] usages) {
        List<Integer> known = IntStream.range(0, usages.length)
                .filter(i -> usages[i] != null)
                .boxed()
                .toList();
        return new Decision.Denied(
                Arrays.stream(usages).filter(Objects::nonNull).toList(), known, Decision.Source.STORE);
    }
}
