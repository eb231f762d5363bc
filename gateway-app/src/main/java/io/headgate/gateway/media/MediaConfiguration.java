package io.headgate.gateway.media;

import io.headgate.gateway.life.Drain;
import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.response.ProblemWriter;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.SharedNotes;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.client.HttpClient;

/** Wires the protocols. */
@Configuration(proxyBeanMethods = false)
class MediaConfiguration {

    private static final Duration BETWEEN_LOOKS_FOR_EXPIRED_UPLOADS = Duration.ofSeconds(20);

    @Bean
    UploadMeters uploadMeters(MeterRegistry registry) {
        return new UploadMeters(registry);
    }

    @Bean
    OpenUploads openUploads(SharedNotes notes, Reminders reminders, LimitGate gate, UploadMeters meters) {
        return new OpenUploads(notes, reminders, gate, meters, InstantSource.system());
    }

    @Bean
    ExpiredUploads expiredUploads(OpenUploads open) {
        return new ExpiredUploads(open, BETWEEN_LOOKS_FOR_EXPIRED_UPLOADS);
    }

    @Bean
    Protocols protocols(
            LimitGate gate,
            OpenUploads open,
            SharedNotes notes,
            UploadMeters meters,
            MeterRegistry registry,
            ProblemWriter problems) {
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
