package io.headgate.gateway.media;

import io.headgate.gateway.life.Drain;
import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.limiter.SharedNotes;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.client.HttpClient;

/** Wires the protocols. */
@Configuration(proxyBeanMethods = false)
class MediaConfiguration {

    @Bean
    Protocols protocols(LimitGate gate, SharedNotes notes, MeterRegistry registry, ProblemWriter problems) {
        UploadMeters meters = new UploadMeters(registry);
        OpenUploads open = new OpenUploads(notes, gate, meters);
        Playbacks playbacks =
                new Playbacks(gate, new PlaybackRolls(notes, System::currentTimeMillis), new PlaybackMeters(registry));
        return new Protocols(gate, new Uploads(open, gate), playbacks, meters, problems);
    }

    @Bean
    SocketFilter socketFilter(Drain drain) {
        return new SocketFilter(drain);
    }

    @Bean
    BackendSocketFilter backendSocketFilter(
            HttpClient client, @Qualifier("requestHeaders") HttpHeadersFilter requestHeaders, ProblemWriter problems) {
        return new BackendSocketFilter(client, requestHeaders, problems);
    }
}
