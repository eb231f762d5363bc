package io.headgate.gateway.netty;

import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.policy.match.PolicySet;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Wires the public port. The management port is set up by a context of its own and stays as the framework has it. */
@Configuration(proxyBeanMethods = false)
class NettyConfiguration {

    @Bean
    ConnectionGuard.Port port(HeadgateProperties properties, Supplier<PolicySet> policies, MeterRegistry registry) {
        OpenConnections connections = new OpenConnections(
                properties.edge().maxConnections(),
                properties.edge().maxConnectionsPerClient(),
                () -> policies.get().identity());
        return new ConnectionGuard.Port(properties.edge(), connections, new ConnectionMeters(registry, connections));
    }

    /** Last, so that it has the last word on what the framework's own settings would change. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> publicPort(ConnectionGuard.Port port) {
        return factory -> factory.addServerCustomizers(new PublicConnections(port, Ssl.isEnabled(factory.getSsl())));
    }
}
