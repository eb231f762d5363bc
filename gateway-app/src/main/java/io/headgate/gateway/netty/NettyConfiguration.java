package io.headgate.gateway.netty;

import io.headgate.gateway.config.HeadgateProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the public port. The management port is set up by a context of its own and stays as the framework has it. */
@Configuration(proxyBeanMethods = false)
class NettyConfiguration {

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> publicPort(HeadgateProperties properties) {
        return factory ->
                factory.addServerCustomizers(new PublicConnections(properties.edge(), Ssl.isEnabled(factory.getSsl())));
    }
}
