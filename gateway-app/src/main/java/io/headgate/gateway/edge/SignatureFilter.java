package io.headgate.gateway.edge;

import io.headgate.gateway.config.SignedUrls;
import io.headgate.gateway.netty.PublicFilter;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.gateway.signing.SignedPaths.Opened;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Refuses what has to be signed and is not. After the limits: trying costs what reading costs. */
final class SignatureFilter implements PublicFilter {

    private final SignedUrls settings;
    private final ProblemWriter problems;

    SignatureFilter(SignedUrls settings, ProblemWriter problems) {
        this.settings = settings;
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.SIGNATURE;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        return objection(exchange)
                .map(why -> problems.write(exchange, Problem.of(HttpStatus.FORBIDDEN, why)))
                .orElseGet(() -> chain.filter(exchange));
    }

    private Optional<String> objection(ServerWebExchange exchange) {
        Opened opened = SignedPathFilter.of(exchange);
        if (opened instanceof Opened.Good) {
            return Optional.empty();
        } else if (opened instanceof Opened.Bad bad) {
            return Optional.of(
                    bad.expired()
                            ? "The signature of the address has expired."
                            : "The signature is not of this address.");
        }
        return settings.cover(exchange.getRequest().getURI().getRawPath())
                ? Optional.of("The address has to be signed: POST " + SigningEndpoint.PATH + " does that.")
                : Optional.empty();
    }
}
