package io.headgate.gateway.edge;

import io.headgate.gateway.accesslog.AdmissionLog;
import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.identity.Authentication;
import io.headgate.gateway.identity.Operators;
import io.headgate.gateway.media.Protocols;
import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.response.ProblemCustoms;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.gateway.telemetry.BlockMeters;
import io.headgate.policy.match.PolicySet;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The filters a request passes before it is routed, and the gateway's own endpoint. */
@Configuration(proxyBeanMethods = false)
class EdgeConfiguration {

    @Bean
    NextTurnFilter nextTurnFilter(ProblemWriter problems) {
        return new NextTurnFilter(problems);
    }

    @Bean
    TargetFilter targetFilter(HeadgateProperties properties, ProblemWriter problems) {
        return new TargetFilter(new AllowedHosts(properties.edge().hosts()), problems);
    }

    @Bean
    OperatorFilter operatorFilter(Operators operators, ProblemWriter problems) {
        return new OperatorFilter(operators, problems);
    }

    @Bean
    MethodFilter methodFilter(Supplier<PolicySet> policies, ProblemWriter problems) {
        return new MethodFilter(policies, problems);
    }

    @Bean
    ProblemCustoms tusErrors(Supplier<PolicySet> policies) {
        return new TusErrors(policies);
    }

    @Bean
    BodyFilter bodyFilter(HeadgateProperties properties, ProblemWriter problems) {
        return new BodyFilter(
                properties.edge().maxBodySize().toBytes(),
                properties.edge().minBodyRate().toBytes(),
                problems);
    }

    @Bean
    AdmissionFilter admissionFilter(
            Supplier<PolicySet> policies,
            Authentication authentication,
            LimitGate gate,
            Protocols protocols,
            MeterRegistry registry,
            AdmissionLog log,
            ProblemWriter problems) {
        return new AdmissionFilter(policies, authentication, gate, protocols, new BlockMeters(registry), log, problems);
    }

    @Bean
    RouterFunction<ServerResponse> limitsEndpoint(
            Supplier<PolicySet> policies, LimitGate gate, ProblemWriter problems) {
        return RouterFunctions.route()
                .GET(LimitsEndpoint.PATH, new LimitsEndpoint(policies, gate, problems))
                .build();
    }

    @Bean
    CorsFilter corsFilter(Supplier<PolicySet> policies, ProblemWriter problems) {
        return new CorsFilter(policies, problems);
    }
}
