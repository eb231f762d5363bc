package io.headgate.gateway.accesslog;

import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import io.headgate.policy.traffic.Pseudonyms;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the access log. */
@Configuration(proxyBeanMethods = false)
class AccessLogConfiguration {

    @Bean
    @ConditionalOnProperty("headgate.access-log")
    AccessLog accessLog(HeadgateProperties properties, MeterRegistry registry) {
        String file = String.valueOf(properties.accessLog());
        String key = properties.accessLogKey();
        try {
            return new AccessLog(Path.of(file), key == null ? Pseudonyms.random() : Pseudonyms.keyed(key), registry);
        } catch (IOException e) {
            throw new SettingRejected("headgate.access-log", file, "a file that can be written: " + e);
        }
    }

    @Bean
    AdmissionLog admissionLog(Optional<AccessLog> log) {
        return new AdmissionLog(log.orElse(null), InstantSource.system());
    }
}
