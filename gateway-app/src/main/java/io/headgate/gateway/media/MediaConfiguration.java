package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.limiter.SharedNotes;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the protocols. */
@Configuration(proxyBeanMethods = false)
class MediaConfiguration {

    @Bean
    Protocols protocols(LimitGate gate, SharedNotes notes, MeterRegistry registry) {
        return new Protocols(gate, new Uploads(new OpenUploads(notes, gate, new UploadMeters(registry)), gate));
    }
}
