package io.headgate.gateway.edge;

import io.headgate.gateway.netty.PublicFilter;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.policy.match.CorsRules;
import io.headgate.policy.match.PolicySet;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Tells browsers which pages may call, by the policy in force, before anybody is asked for a credential. */
final class CorsFilter implements PublicFilter {

    private final Supplier<PolicySet> policies;
    private final ProblemWriter problems;
    private final Processor processor = new Processor();
    private volatile Known known = Known.of(CorsRules.NONE);

    CorsFilter(Supplier<PolicySet> policies, ProblemWriter problems) {
        this.policies = policies;
        this.problems = problems;
    }

    /** What the framework makes of the rules. */
    private record Known(CorsRules rules, CorsConfiguration configuration) {

        static Known of(CorsRules rules) {
            CorsConfiguration configuration = new CorsConfiguration();
            configuration.setAllowedOriginPatterns(rules.allowedOrigins());
            configuration.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"));
            configuration.addAllowedHeader(CorsConfiguration.ALL);
            configuration.addExposedHeader(CorsConfiguration.ALL);
            configuration.setMaxAge(rules.maxAge());
            return new Known(rules, configuration);
        }
    }

    @Override
    public int getOrder() {
        return EdgeOrder.CORS;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        CorsRules rules = policies.get().cors();
        if (!rules.areOurs()) {
            return chain.filter(exchange);
        }
        Known now = known;
        if (!now.rules().equals(rules)) {
            now = Known.of(rules);
            known = now;
        }
        if (!processor.process(now.configuration(), exchange)) {
            return problems.write(
                    exchange, Problem.of(HttpStatus.FORBIDDEN, "Pages of this origin may not make this request."));
        }
        return CorsUtils.isPreFlightRequest(exchange.getRequest()) ? Mono.empty() : chain.filter(exchange);
    }

    private static final class Processor extends DefaultCorsProcessor {

        @Override
        protected void rejectRequest(ServerHttpResponse response) {
            // The caller answers.
        }
    }
}
