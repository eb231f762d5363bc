package io.headgate.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OpenUploadCodecTest {

    private static final List<Quota> QUOTAS = List.of(
            new TokenBucket(3, Duration.ofMillis(1_500), 7),
            new SlidingWindow(Quota.MAX_COUNT, Duration.ofDays(7)),
            new CalendarQuota(1L << 40, CalendarQuota.Unit.MONTH, ZoneId.of("Europe/Berlin")),
            new LeakyBucket(5, Duration.ofSeconds(1), Duration.ofSeconds(9)),
            new Penalty(new SlidingWindow(9, Duration.ofMinutes(1)), Duration.ofHours(1)));

    private static OpenUpload upload(OptionalLong length, Optional<Instant> expires) {
        List<OpenUpload.Hold> holds = QUOTAS.stream()
                .map(quota -> new OpenUpload.Hold(
                        new Charge(LimitKey.of("bytes", Subject.of("user", "ada")), quota, 3, OnStoreFailure.OPEN), -7))
                .toList();
        Charge slot = new Charge(
                LimitKey.of("open", Subject.EVERYONE),
                new Concurrency(2, Duration.ofHours(24)),
                1,
                OnStoreFailure.LOCAL,
                new Holder(-1));
        return new OpenUpload(Long.MIN_VALUE, true, holds, List.of(slot), length, 1L << 41, expires);
    }

    @Test
    void whatIsWrittenIsRead() {
        for (OptionalLong length : List.of(OptionalLong.empty(), OptionalLong.of(0), OptionalLong.of(1L << 42))) {
            for (Optional<Instant> expires : List.of(Optional.<Instant>empty(), Optional.of(Instant.EPOCH))) {
                OpenUpload upload = upload(length, expires);
                assertThat(OpenUploadCodec.read(OpenUploadCodec.write(upload))).contains(upload);
            }
        }
    }

    @Test
    void whatIsSomethingElseIsNothing() {
        byte[] note = OpenUploadCodec.write(upload(OptionalLong.of(5), Optional.empty()));
        for (int length = 0; length < note.length; length++) {
            assertThat(OpenUploadCodec.read(Arrays.copyOf(note, length))).isEmpty();
        }
        note[0] = 3;
        assertThat(OpenUploadCodec.read(note)).isEmpty();
    }
}
