package io.headgate.gateway.media;

import io.headgate.gateway.cache.Keeping;
import io.headgate.gateway.ratelimit.Admission;
import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.ratelimit.RequestSlots;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.Protocol;
import io.headgate.policy.match.RequestFacts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Carries an admitted request on as what it is part of. */
public final class Protocols {

    private final LimitGate gate;
    private final Uploads uploads;
    private final Playbacks playbacks;
    private final UploadMeters meters;
    private final ProblemWriter problems;

    Protocols(LimitGate gate, Uploads uploads, Playbacks playbacks, UploadMeters meters, ProblemWriter problems) {
        this.gate = gate;
        this.uploads = uploads;
        this.playbacks = playbacks;
        this.meters = meters;
        this.problems = problems;
    }

    /**
     * Whether requests before this one may have paid some of what it is about to be charged; then {@link #unpaid} has to
     * be asked.
     */
    public static boolean mayBePaid(LimitPlan plan) {
        return plan.protocol() instanceof Protocol.Tus;
    }

    /** The plan without the limits that requests before this one have paid. */
    public Mono<LimitPlan> unpaid(ServerWebExchange exchange, LimitPlan plan) {
        return plan.protocol() instanceof Protocol.Tus tus ? uploads.unreserved(exchange, plan, tus) : Mono.just(plan);
    }

    /**
     * Judges a request as part of what it is part of.
     *
     * @param limits limits of the plan to hold it against
     * @param slots takes over the slots that are taken for it
     */
    public CompletionStage<Verdict> judge(
            ServerWebExchange exchange, LimitPlan plan, List<PlannedLimit> limits, RequestSlots slots) {
        return plan.protocol() instanceof Protocol.Hls hls
                ? playbacks.judge(exchange, plan.plan(), hls, limits, slots)
                : gate.judge(plan.plan(), limits, slots);
    }

    /**
     * Hands the request on.
     *
     * @param plan what it has been admitted by
     * @param policy the policy of the plan
     * @param facts the request as the policy sees it
     * @param slots the slots it holds
     */
    public Mono<Void> carry(
            ServerWebExchange exchange,
            WebFilterChain chain,
            LimitPlan plan,
            PolicySet policy,
            Supplier<RequestFacts> facts,
            RequestSlots slots) {
        if (plan.protocol() instanceof Protocol.Tus tus) {
            return upload(exchange, chain, plan, tus, slots);
        } else if (plan.protocol() instanceof Protocol.WebSocket terms) {
            return connect(exchange, chain, terms);
        } else if (plan.protocol() instanceof Protocol.Hls) {
            HeldReload.follow(exchange);
        } else if (isAboutAnUpload(exchange, policy, facts)) {
            return uploads.carry(exchange, chain, slots);
        }
        if (!HeldReload.isIn(exchange)) {
            Keeping.by(plan.stale(), exchange);
        }
        return chain.filter(ReducedPlayback.of(exchange));
    }

    /** Questions about uploads, and their ends, may have routes of their own that say nothing of tus. */
    private static boolean isAboutAnUpload(ServerWebExchange exchange, PolicySet policy, Supplier<RequestFacts> facts) {
        HttpMethod method = exchange.getRequest().getMethod();
        return (method.equals(HttpMethod.HEAD) || method.equals(HttpMethod.DELETE)) && policy.takesUploads(facts.get());
    }

    private Mono<Void> upload(
            ServerWebExchange exchange, WebFilterChain chain, LimitPlan plan, Protocol.Tus tus, RequestSlots slots) {
        Optional<Problem> objection = UploadTerms.objection(exchange.getRequest(), tus);
        if (objection.isPresent()) {
            // No backend has heard of it, so nobody pays for it.
            Admission.of(exchange).ifPresent(Admission::giveBack);
            return problems.write(exchange, objection.get());
        }
        return uploads.carry(slowed(exchange, plan, tus), chain, slots);
    }

    private Mono<Void> connect(ServerWebExchange exchange, WebFilterChain chain, Protocol.WebSocket terms) {
        Optional<Problem> objection = SocketHandshake.objection(exchange.getRequest());
        if (objection.isPresent()) {
            return problems.write(exchange, objection.get());
        }
        SocketHandshake.of(terms, exchange.getRequest()).accompany(exchange);
        return chain.filter(exchange);
    }

    private ServerWebExchange slowed(ServerWebExchange exchange, LimitPlan plan, Protocol.Tus tus) {
        SlowedBody body = SlowedBody.of(exchange.getRequest(), plan, tus, gate, meters);
        return body.isSlowed() ? exchange.mutate().request(body).build() : exchange;
    }
}
