package io.headgate.gateway.edge;

import io.headgate.gateway.identity.Visitor;
import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.gateway.response.QuotaNumbers;
import io.headgate.gateway.response.QuotaUnit;
import io.headgate.gateway.response.Refusals;
import io.headgate.gateway.response.Seconds;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PlannedLimit.Mode;
import io.headgate.policy.match.PolicySet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code GET /limits}: tells callers their own limits and what is left of them. Costs nothing. */
final class LimitsEndpoint implements HandlerFunction<ServerResponse> {

    static final String PATH = "/limits";

    private final Supplier<PolicySet> policies;
    private final LimitGate gate;
    private final ProblemWriter problems;

    LimitsEndpoint(Supplier<PolicySet> policies, LimitGate gate, ProblemWriter problems) {
        this.policies = policies;
        this.gate = gate;
        this.problems = problems;
    }

    @Override
    public Mono<ServerResponse> handle(ServerRequest request) {
        ServerWebExchange exchange = request.exchange();
        PolicySet policy = policies.get();
        Visitor visitor = Visitor.of(exchange).orElseThrow();
        LimitPlan plan = policy.limitsOf(visitor.caller(), visitor.ip());
        List<PlannedLimit> shown = new ArrayList<>(plan.limits());
        shown.removeIf(limit -> !limit.advertise() || limit.mode() != Mode.ENFORCE);
        return NettyRequest.await(gate.look(shown), exchange.getRequest())
                .flatMap(standings -> standings.isPresent()
                        ? answer(plan.plan(), shown, standings.get())
                        : undecided(exchange, new Refusals(policy.responses()).undecided()));
    }

    private static Mono<ServerResponse> answer(String plan, List<PlannedLimit> shown, List<Standing> standings) {
        List<Map<String, Object>> limits = new ArrayList<>(shown.size());
        Iterator<Standing> counted = standings.iterator();
        for (PlannedLimit limit : shown) {
            Optional<Standing> standing =
                    limit.allowance() instanceof Allowance.Metered ? Optional.of(counted.next()) : Optional.empty();
            limits.add(described(limit, standing));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("plan", plan);
        body.put("limits", limits);
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .bodyValue(body);
    }

    private static Map<String, Object> described(PlannedLimit limit, Optional<Standing> standing) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", limit.name());
        entry.put("allows", limit.words());
        QuotaUnit.of(limit.unit()).ifPresent(unit -> entry.put("unit", unit));
        standing.ifPresent(counted -> {
            QuotaNumbers quota = QuotaNumbers.of(counted);
            entry.put("limit", quota.count());
            quota.seconds().ifPresent(seconds -> entry.put("window", seconds));
            quota.burst().ifPresent(burst -> entry.put("burst", burst));
            entry.put("remaining", counted.usage().remaining());
            entry.put("reset", Seconds.roundedUp(counted.resetMicros()));
        });
        return entry;
    }

    private Mono<ServerResponse> undecided(ServerWebExchange exchange, Problem problem) {
        return problems.write(exchange, problem).then(Mono.empty());
    }
}
