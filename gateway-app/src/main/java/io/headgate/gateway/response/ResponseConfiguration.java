package io.headgate.gateway.response;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Wires the answers. */
@Configuration(proxyBeanMethods = false)
class ResponseConfiguration {

    @Bean
    ProblemWriter problemWriter(JsonMapper json, ProblemCustoms customs) {
        return new ProblemWriter(json, customs);
    }

    @Bean
    ProblemExceptionHandler problemExceptionHandler(ProblemWriter problems) {
        return new ProblemExceptionHandler(problems);
    }
}
