package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.ratelimit.RequestSlots;
import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LimitKey;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PlannedLimit.Mode;
import io.headgate.policy.match.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.springframework.web.server.ServerWebExchange;

/** Requests of playback sessions, and what becomes of those for which there is no slot. */
final class Playbacks {

    /** What the sessions that get the lowest renditions are counted by, beside the limit itself. */
    private static final String REDUCED = "@reduced";

    /** How many sessions one may end before it gives up: those that are gone already make no room. */
    private static final int ROUNDS = 4;

    private final LimitGate gate;
    private final PlaybackRolls rolls;
    private final RecentPlaybacks recent = new RecentPlaybacks();
    private final PlaybackMeters meters;

    Playbacks(LimitGate gate, PlaybackRolls rolls, PlaybackMeters meters) {
        this.gate = gate;
        this.rolls = rolls;
        this.meters = meters;
    }

    /** Holds a request against its limits. */
    CompletionStage<Verdict> judge(
            ServerWebExchange exchange, String plan, Protocol.Hls hls, List<PlannedLimit> limits, RequestSlots slots) {
        return switch (hls.whenFull()) {
            case REFUSE -> gate.judge(plan, limits, slots);
            case DROP ->
                gate.judge(plan, limits, slots, refused -> reduce(exchange, plan, hls, limits, slots, refused));
            case END_OLDEST ->
                gate.judge(plan, limits, slots, refused -> makeRoom(plan, limits, slots, refused, ROUNDS))
                        .thenCompose(this::noting);
        };
    }

    /** The limits that have no slot for the session; none if something else refuses it too. */
    private static List<Standing> full(Verdict.Refused refused) {
        List<Standing> refusing =
                refused.standings().stream().filter(Standing::refuses).toList();
        return refusing.stream().allMatch(standing -> isOfSession(standing.limit())) ? refusing : List.of();
    }

    /** Whether the slot is held by the session, and not by the request. */
    private static boolean isOfSession(PlannedLimit limit) {
        return limit.mode() == Mode.ENFORCE
                && limit.allowance() instanceof Allowance.Metered metered
                && metered.charge().holder() != null;
    }

    private CompletionStage<Verdict> reduce(
            ServerWebExchange exchange,
            String plan,
            Protocol.Hls hls,
            List<PlannedLimit> limits,
            RequestSlots slots,
            Verdict.Refused refused) {
        List<String> full =
                full(refused).stream().map(standing -> standing.limit().name()).toList();
        if (full.isEmpty()) {
            return CompletableFuture.completedFuture(refused);
        }
        Predicate<PlannedLimit> isFull = limit -> limit.mode() == Mode.ENFORCE && full.contains(limit.name());
        List<PlannedLimit> others = limits.stream()
                .map(limit -> isFull.test(limit) ? reduced(limit) : limit)
                .toList();
        return gate.judge(plan, others, slots, again -> CompletableFuture.completedFuture(refused))
                .thenApply(verdict -> {
                    if (!(verdict instanceof Verdict.Admitted admitted)) {
                        return verdict;
                    }
                    ReducedPlayback.mark(exchange, hls.renditions());
                    meters.reduced();
                    // What is left of the reserve is not what is left of the limit.
                    List<Standing> told = new ArrayList<>(admitted.standings());
                    told.removeIf(standing -> isFull.test(standing.limit()));
                    return new Verdict.Admitted(told, admitted.reservation());
                });
    }

    /** The limit with a counter of its own for those beyond it, with as many slots. */
    private static PlannedLimit reduced(PlannedLimit limit) {
        Charge charge = charge(limit);
        LimitKey beyond = new LimitKey(
                LimitKey.limitId(limit.name() + REDUCED), charge.key().subject());
        return limit.charging(
                new Charge(beyond, charge.quota(), charge.cost(), charge.onStoreFailure(), charge.holder()));
    }

    private CompletionStage<Verdict> makeRoom(
            String plan, List<PlannedLimit> limits, RequestSlots slots, Verdict.Refused refused, int rounds) {
        List<Standing> full = full(refused);
        if (full.isEmpty() || rounds == 0) {
            return CompletableFuture.completedFuture(refused);
        }
        PlannedLimit limit = full.get(0).limit();
        Charge charge = charge(limit);
        long session = holder(charge);
        return rolls.hasEnded(charge.key(), session).thenCompose(ended -> {
            if (ended) {
                return CompletableFuture.completedFuture(new Verdict.Superseded(limit));
            }
            return rolls.endOldest(charge.key(), session, lease(charge))
                    .thenCompose(oldest -> oldest.isEmpty()
                            ? CompletableFuture.completedFuture(refused)
                            : takeOver(charge, oldest.get())
                                    .thenCompose(free -> gate.judge(
                                            plan,
                                            limits,
                                            slots,
                                            again -> makeRoom(plan, limits, slots, again, rounds - 1))));
        });
    }

    private CompletionStage<?> takeOver(Charge charge, PlaybackRoll.Entry oldest) {
        recent.forget(charge.key(), oldest.holder());
        if (!oldest.ended()) {
            meters.ended();
        }
        // Without an answer from the store, the limits say so themselves when they are asked again.
        return gate.takeAway(charge.heldBy(new Holder(oldest.holder()))).handle((done, error) -> Optional.empty());
    }

    /** Has the session known as one that is under way, before it goes on if it is new. */
    private CompletionStage<Verdict> noting(Verdict verdict) {
        CompletableFuture<Verdict> noted = CompletableFuture.completedFuture(verdict);
        if (!(verdict instanceof Verdict.Admitted admitted)) {
            return noted;
        }
        CompletionStage<Verdict> known = noted;
        for (Standing standing : admitted.standings()) {
            if (!isOfSession(standing.limit())) {
                continue;
            }
            Charge charge = charge(standing.limit());
            RecentPlaybacks.Heard heard = recent.hear(charge.key(), holder(charge), lease(charge));
            if (heard == RecentPlaybacks.Heard.LATELY) {
                continue;
            }
            CompletionStage<Boolean> note = rolls.underWay(charge.key(), holder(charge), lease(charge));
            var unused = note.thenAccept(written -> {
                if (!written) {
                    recent.forget(charge.key(), holder(charge));
                }
            });
            if (heard == RecentPlaybacks.Heard.NEVER) {
                known = known.thenCombine(note, (before, written) -> before);
            }
        }
        return known;
    }

    private static Charge charge(PlannedLimit limit) {
        return ((Allowance.Metered) limit.allowance()).charge();
    }

    private static Duration lease(Charge charge) {
        return ((Concurrency) charge.quota()).lease();
    }

    private static long holder(Charge charge) {
        Holder holder = charge.holder();
        if (holder == null) {
            throw new IllegalStateException("holder: none (expected: the session)");
        }
        return holder.id();
    }
}
