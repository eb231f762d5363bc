package io.headgate.gateway.life;

import io.headgate.gateway.config.HeadgateProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires a node's coming and going. */
@Configuration(proxyBeanMethods = false)
class LifeConfiguration {

    @Bean
    Drain drain(HeadgateProperties properties) {
        return new Drain(properties.drain().notice());
    }

    @Bean
    DrainFilter drainFilter(Drain drain) {
        return new DrainFilter(drain);
    }
}
