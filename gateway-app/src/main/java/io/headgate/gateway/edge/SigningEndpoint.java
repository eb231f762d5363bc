package io.headgate.gateway.edge;

import io.headgate.gateway.config.SignedUrls;
import io.headgate.gateway.identity.AuthenticationFailure;
import io.headgate.gateway.identity.Visitor;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.gateway.response.Refusals;
import io.headgate.gateway.signing.SignedPaths;
import io.headgate.policy.match.Access;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** {@code POST /signed-urls?path=…}: gives signed-in callers an address for what they may read themselves. */
final class SigningEndpoint implements HandlerFunction<ServerResponse> {

    static final String PATH = "/signed-urls";

    private final SignedUrls settings;
    private final SignedPaths signed;
    private final Supplier<PolicySet> policies;
    private final InstantSource clock;
    private final ProblemWriter problems;

    SigningEndpoint(
            SignedUrls settings,
            SignedPaths signed,
            Supplier<PolicySet> policies,
            InstantSource clock,
            ProblemWriter problems) {
        this.settings = settings;
        this.signed = signed;
        this.policies = policies;
        this.clock = clock;
        this.problems = problems;
    }

    @Override
    public Mono<ServerResponse> handle(ServerRequest request) {
        PolicySet policy = policies.get();
        Refusals refusals = new Refusals(policy.responses());
        Visitor visitor = Visitor.of(request.exchange()).orElseThrow();
        if (visitor.caller().user() == null) {
            return refuse(request, refusals.unauthenticated(AuthenticationFailure.NO_CREDENTIAL));
        }
        String asked = request.queryParam("path").orElse("");
        if (!(CanonicalPath.of(asked) instanceof CanonicalPath.Clear clear)
                || !settings.cover(clear.path())
                || !(signed.open(clear.path()) instanceof SignedPaths.Opened.Unsigned)) {
            return bad(request, "path has to be an unsigned path under " + String.join(" or ", settings.paths()) + ".");
        }
        String path = clear.path();
        String scope = request.queryParam("scope").orElse(path.substring(0, path.lastIndexOf('/') + 1));
        if (!scope.endsWith("/") || !path.startsWith(scope) || !settings.cover(scope)) {
            return bad(request, "scope has to be the begin of path, up to and with a slash.");
        }
        LimitPlan plan = policy.match(new RequestFacts(
                "GET",
                RequestHost.of(request.exchange().getRequest().getURI()),
                path,
                "",
                name -> null,
                visitor.ip(),
                visitor.caller()));
        if (!(plan.access() instanceof Access.Granted)) {
            return refuse(request, refusals.forbidden(plan.access(), plan.plan()));
        }
        Instant until = clock.instant().plus(settings.lifetime()).truncatedTo(ChronoUnit.SECONDS);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("url", signed.sign(path, scope, until));
        body.put("scope", scope);
        body.put("expires", until.toString());
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .bodyValue(body);
    }

    private Mono<ServerResponse> bad(ServerRequest request, String why) {
        return refuse(request, Problem.of(HttpStatus.BAD_REQUEST, why));
    }

    private Mono<ServerResponse> refuse(ServerRequest request, Problem problem) {
        return problems.write(request.exchange(), problem).then(Mono.empty());
    }
}
