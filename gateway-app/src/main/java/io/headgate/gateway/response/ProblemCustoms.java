package io.headgate.gateway.response;

import java.util.Map;
import org.springframework.web.server.ServerWebExchange;

/** What the protocol of a request wants in every answer, also in refusals. */
@FunctionalInterface
public interface ProblemCustoms {

    /** Header fields for a problem that answers this exchange. */
    Map<String, String> headers(ServerWebExchange exchange);
}
