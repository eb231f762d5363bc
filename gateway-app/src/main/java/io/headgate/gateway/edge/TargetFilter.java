package io.headgate.gateway.edge;

import io.headgate.gateway.netty.NettyRequest;
import io.headgate.gateway.netty.PublicFilter;
import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemWriter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every request its one host and its one canonical path, or refuses it, before anything looks at either. */
final class TargetFilter implements PublicFilter {

    private final AllowedHosts hosts;
    private final ProblemWriter problems;

    TargetFilter(AllowedHosts hosts, ProblemWriter problems) {
        this.hosts = hosts;
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return EdgeOrder.TARGET;
    }

    @Override
    public Mono<Void> filterPublic(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        AllowedHosts.Verdict host = hosts.judge(NettyRequest.header(request, HttpHeaders.HOST));
        if (host == AllowedHosts.Verdict.UNCLEAR) {
            return refuse(exchange, "The request does not name exactly one host.");
        } else if (host == AllowedHosts.Verdict.FOREIGN) {
            return problems.write(exchange, Problem.of(HttpStatus.MISDIRECTED_REQUEST, "The host is not served here."));
        }
        if (!NettyRequest.hasScheme(request)) {
            return refuse(exchange, "The scheme is neither http nor https.");
        }
        if (!namesThisServer(request)) {
            return refuse(exchange, "The request target is neither a path nor a URL of the host in the Host header.");
        }
        String raw = request.getURI().getRawPath();
        CanonicalPath path = CanonicalPath.of(raw);
        if (path instanceof CanonicalPath.Ambiguous ambiguous) {
            return refuse(exchange, "The path is ambiguous: " + ambiguous.why() + ".");
        }
        String canonical = ((CanonicalPath.Clear) path).path();
        return chain.filter(canonical.equals(raw) ? exchange : RequestTarget.withPath(exchange, canonical));
    }

    /**
     * Whether the target has the origin form, or the absolute form with the host that the Host header names (RFC 9112
     * §3.2), and no fragment, which no target has.
     */
    private static boolean namesThisServer(ServerHttpRequest request) {
        String target = NettyRequest.target(request);
        if (target.indexOf('#') >= 0) {
            return false;
        }
        if (target.startsWith("/")) {
            return true;
        }
        String here = "://" + request.getHeaders().getFirst(HttpHeaders.HOST) + "/";
        int scheme = target.indexOf("://");
        return (scheme == 4 || scheme == 5)
                && target.regionMatches(true, 0, "https", 0, scheme)
                && target.regionMatches(true, scheme, here, 0, here.length());
    }

    private Mono<Void> refuse(ServerWebExchange exchange, String why) {
        return problems.write(exchange, Problem.of(HttpStatus.BAD_REQUEST, why));
    }
}
