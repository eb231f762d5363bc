package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.LimitGate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the protocols. */
@Configuration(proxyBeanMethods = false)
class MediaConfiguration {

    @Bean
    Protocols protocols(LimitGate gate) {
        return new Protocols(gate);
    }
}
