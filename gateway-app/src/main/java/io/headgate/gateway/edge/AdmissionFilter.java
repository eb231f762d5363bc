package io.headgate.gateway.edge;

import io.headgate.gateway.accesslog.AdmissionLog;
import io.headgate.gateway.identity.Authentication;
import io.headgate.gateway.identity.AuthenticationFailure;
import io.headgate.gateway.identity.ClientAddress;
import io.headgate.gateway.identity.Identity;
import io.headgate.gateway.identity.Visitor;
import io.headgate.gateway.media.Protocols;
import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.netty.PublicFilter;
import io.headgate.gateway.ratelimit.Admission;
import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.ratelimit.RequestSlots;
import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.gateway.response.LimitHeaders;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.gateway.response.Refusals;
import io.headgate.gateway.telemetry.BlockMeters;
import io.headgate.policy.match.Access;
import io.headgate.policy.match.BlockRule;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Stage;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets a request in, or not: who is it, which limits apply, does it fit them.
 *
 * <p>Whoever the policy blocks is turned away first: an address before anything else is looked at, a user or tenant as
 * soon as the credential has said who it is.
 *
 * <p>Where the caller is known at a glance, all limits are decided together. A token that needs its signature checked
 * has to fit the limits before authentication first, then is checked, then has to fit the others; if it does not, what
 * the first ones took is given back. A credential that is not accepted is charged to the limits before authentication,
 * on whatever path it comes, so that guessing is limited everywhere.
 */
final class AdmissionFilter implements PublicFilter {

    private final Supplier<PolicySet> policies;
    private final Authentication authentication;
    private final LimitGate gate;
    private final Protocols protocols;
    private final BlockMeters blocks;
    private final AdmissionLog log;
    private final ProblemWriter problems;

    AdmissionFilter(
            Supplier<PolicySet> policies,
            Authentication authentication,
            LimitGate gate,
            Protocols protocols,
            BlockMeters blocks,
            AdmissionLog log,
            ProblemWriter problems) {
        this.policies = policies;
        this.authentication = authentication;
        this.gate = gate;
        this.protocols = protocols;
        this.blocks = blocks;
        this.log = log;
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.ADMISSION;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        PolicySet policy = policies.get();
        ServerHttpRequest request = exchange.getRequest();
        IpAddress ip = ClientAddress.of(
                request.getRemoteAddress(),
                request.getHeaders(),
                policy.identity().trustedProxies());
        Visit visit = new Visit(exchange, chain, policy, ip);
        Optional<BlockRule> block = policy.block(ip);
        if (block.isPresent()) {
            return visit.turnAway(block.get(), Caller.ANONYMOUS);
        }
        // Before the answer's end is written, so that whoever waits for it finds the slot free.
        return visit.by(authentication.look(request, policy.identity()))
                .doOnTerminate(visit.slots::end)
                .doOnCancel(visit.slots::end);
    }

    /** One request on its way in. The policy is the one that was in force when it came. */
    private final class Visit {

        private final ServerWebExchange exchange;
        private final WebFilterChain chain;
        private final PolicySet policy;
        private final IpAddress ip;
        private final RequestSlots slots = gate.slots();
        /** Names of limits that the creation of an upload has paid for this part of it. */
        private List<String> paid = List.of();

        Visit(ServerWebExchange exchange, WebFilterChain chain, PolicySet policy, IpAddress ip) {
            this.exchange = exchange;
            this.chain = chain;
            this.policy = policy;
            this.ip = ip;
        }

        Mono<Void> turnAway(BlockRule block, Caller caller) {
            blocks.count(block);
            log.blocked(policy, () -> facts(caller));
            return problems.write(exchange, new Refusals(policy.responses()).blocked());
        }

        Mono<Void> by(Identity identity) {
            if (identity instanceof Identity.Verified verified) {
                return enter(verified.caller());
            } else if (identity instanceof Identity.Rejected rejected) {
                return turnAway(rejected.failure());
            }
            return enterAfterCheck((Identity.Unchecked) identity);
        }

        private Mono<Void> enter(Caller caller) {
            Optional<BlockRule> block = policy.block(caller);
            if (block.isPresent()) {
                return turnAway(block.get(), caller);
            }
            LimitPlan plan = match(caller);
            if (!(plan.access() instanceof Access.Granted)) {
                return turnAway(plan, caller);
            }
            return Protocols.mayBePaid(plan)
                    ? protocols.unpaid(exchange, plan).flatMap(left -> enter(caller, noting(left, plan)))
                    : enter(caller, plan);
        }

        private Mono<Void> enter(Caller caller, LimitPlan plan) {
            return judge(plan, plan.beforehand())
                    .flatMap(verdict -> verdict instanceof Verdict.Admitted admitted
                            ? pass(caller, plan, List.of(admitted))
                            : refuse(verdict, plan.plan(), caller, true));
        }

        private Mono<Void> turnAway(AuthenticationFailure failure) {
            LimitPlan guard = guard();
            return judge(guard, guard.limits())
                    .flatMap(verdict -> verdict instanceof Verdict.Admitted
                            ? unauthenticated(failure)
                            : refuse(verdict, guard.plan(), Caller.ANONYMOUS, false));
        }

        /** Charged like a bad credential: asking for what is not allowed must not be free. */
        private Mono<Void> turnAway(LimitPlan plan, Caller caller) {
            return judge(plan, of(Stage.BEFORE_AUTH, plan))
                    .flatMap(verdict -> verdict instanceof Verdict.Admitted
                            ? forbidden(plan, caller)
                            : refuse(verdict, plan.plan(), caller, false));
        }

        private Mono<Void> forbidden(LimitPlan plan, Caller caller) {
            if (plan.access() instanceof Access.NeedsCredential) {
                return unauthenticated(AuthenticationFailure.NO_CREDENTIAL);
            }
            log.forbidden(policy, () -> facts(caller));
            return problems.write(exchange, new Refusals(policy.responses()).forbidden(plan.access(), plan.plan()));
        }

        private Mono<Void> enterAfterCheck(Identity.Unchecked token) {
            LimitPlan guard = guard();
            return judge(guard, guard.limits())
                    .flatMap(verdict -> verdict instanceof Verdict.Admitted guarded
                            ? check(token, guarded)
                            : refuse(verdict, guard.plan(), Caller.ANONYMOUS, false));
        }

        private Mono<Void> check(Identity.Unchecked token, Verdict.Admitted guarded) {
            CompletionStage<Identity> check = authentication.verify(token, policy.identity());
            return NettyRequest.await(check, exchange.getRequest()).flatMap(identity -> {
                if (identity instanceof Identity.Verified verified) {
                    return enterChecked(verified.caller(), guarded);
                } else if (identity instanceof Identity.Rejected rejected) {
                    return unauthenticated(rejected.failure());
                }
                throw new IllegalStateException("A checked token is still unchecked");
            });
        }

        private Mono<Void> enterChecked(Caller caller, Verdict.Admitted guarded) {
            Optional<BlockRule> block = policy.block(caller);
            if (block.isPresent()) {
                gate.refund(guarded);
                return turnAway(block.get(), caller);
            }
            LimitPlan plan = match(caller);
            if (!(plan.access() instanceof Access.Granted)) {
                return forbidden(plan, caller);
            }
            if (plan.route() == null) {
                // Guarded against guessing only: a path without limits costs nothing.
                gate.refund(guarded);
                return pass(caller, plan, List.of());
            }
            return Protocols.mayBePaid(plan)
                    ? protocols
                            .unpaid(exchange, plan)
                            .flatMap(left -> enterChecked(caller, noting(left, plan), guarded))
                    : enterChecked(caller, plan, guarded);
        }

        private Mono<Void> enterChecked(Caller caller, LimitPlan plan, Verdict.Admitted guarded) {
            return judge(plan, of(Stage.AFTER_AUTH, plan)).flatMap(verdict -> {
                if (verdict instanceof Verdict.Admitted admitted) {
                    return pass(caller, plan, List.of(guarded, admitted));
                }
                gate.refund(guarded);
                return refuse(verdict, plan.plan(), caller, true);
            });
        }

        /** Takes down what has been paid of a plan of which the rest is left. */
        private LimitPlan noting(LimitPlan left, LimitPlan plan) {
            if (left.limits().size() < plan.limits().size()) {
                paid = plan.limits().stream()
                        .filter(limit -> !left.limits().contains(limit))
                        .map(PlannedLimit::name)
                        .toList();
            }
            return left;
        }

        private LimitPlan match(Caller caller) {
            return policy.match(facts(caller));
        }

        private RequestFacts facts(Caller caller) {
            ServerHttpRequest request = exchange.getRequest();
            return ExchangeFacts.of(request, request.getMethod(), ip, caller);
        }

        /** The limits before authentication; where the policy limits nothing, those that count the address anywhere. */
        private LimitPlan guard() {
            LimitPlan here = match(Caller.ANONYMOUS);
            LimitPlan plan = here.route() == null ? policy.limitsOf(Caller.ANONYMOUS, ip) : here;
            return plan.with(of(Stage.BEFORE_AUTH, plan));
        }

        private Mono<Verdict> judge(LimitPlan plan, List<PlannedLimit> limits) {
            return NettyRequest.await(protocols.judge(exchange, plan, limits, slots), exchange.getRequest());
        }

        private Mono<Void> pass(Caller caller, LimitPlan plan, List<Verdict.Admitted> admitted) {
            new Visitor(caller, plan.plan(), ip).accompany(exchange);
            new Admission(gate, admitted).accompany(exchange);
            log.allowed(policy, () -> facts(caller), paid);
            List<Standing> standings = new ArrayList<>();
            admitted.forEach(part -> standings.addAll(part.standings()));
            tell(standings);
            return protocols.carry(exchange, chain, plan, policy, () -> facts(caller), slots);
        }

        private Mono<Void> unauthenticated(AuthenticationFailure failure) {
            log.unauthenticated(policy, () -> facts(Caller.ANONYMOUS));
            return problems.write(exchange, new Refusals(policy.responses()).unauthenticated(failure));
        }

        private Mono<Void> refuse(Verdict verdict, String plan, Caller caller, boolean authenticated) {
            log.notAdmitted(policy, () -> facts(caller), authenticated, verdict, paid);
            Refusals refusals = new Refusals(policy.responses());
            if (verdict instanceof Verdict.Refused refused) {
                tell(refused.standings());
                return problems.write(exchange, refusals.waitFor(refused, plan, numberOf(caller)));
            } else if (verdict instanceof Verdict.Excluded excluded) {
                return problems.write(exchange, refusals.notIncluded(excluded, plan));
            } else if (verdict instanceof Verdict.Superseded superseded) {
                return problems.write(exchange, refusals.superseded(superseded, plan));
            }
            return problems.write(exchange, refusals.undecided());
        }

        private void tell(List<Standing> standings) {
            LimitHeaders.attach(
                    exchange.getResponse(), standings, policy.defaults().headers());
        }

        private int numberOf(Caller caller) {
            return caller.user() == null
                    ? policy.identity().clientNetwork(ip).hashCode()
                    : caller.user().hashCode();
        }
    }

    private static List<PlannedLimit> of(Stage stage, LimitPlan plan) {
        List<PlannedLimit> limits = new ArrayList<>(plan.limits().size());
        for (PlannedLimit limit : plan.beforehand()) {
            if (limit.stage() == stage) {
                limits.add(limit);
            }
        }
        return limits;
    }
}
