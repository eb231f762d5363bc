package io.headgate.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.telemetry.DecisionMeters;
import io.headgate.gateway.telemetry.SlotMeters;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.bucket4j.Bucket4jCounter;
import io.headgate.limiter.local.LocalLimitStore;
import io.headgate.limiter.local.LocalNotes;
import io.headgate.limiter.local.LocalReminders;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;

@Timeout(60)
class ExpiredUploadsTest {

    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final String PATH = "/files/1";

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LocalLimitStore store = LocalLimitStore.monotonic(Bucket4jCounter::of);
    private final LocalReminders reminders = new LocalReminders(nanos::get);
    private final LimitGate gate = new LimitGate(store, new DecisionMeters(registry), new SlotMeters(registry));
    private final OpenUploads uploads = new OpenUploads(
            new LocalNotes(nanos::get), reminders, gate, new UploadMeters(registry), InstantSource.fixed(NOW));

    private final Charge bytes = new Charge(
            LimitKey.of("bytes", Subject.of("user", "ada")),
            new SlidingWindow(1_000, Duration.ofDays(7)),
            600,
            OnStoreFailure.LOCAL);
    private final Charge slot = new Charge(
            LimitKey.of("open", Subject.of("user", "ada")),
            new Concurrency(1, LEASE),
            1,
            OnStoreFailure.LOCAL,
            new Holder(7));

    /** An upload of 600 bytes of which 200 have come. */
    private OpenUpload open(Optional<Instant> expires) {
        Decision.Allowed admission = (Decision.Allowed) join(store.acquire(List.of(bytes, slot)));
        Reservation reservation = Reservation.of(List.of(bytes), admission);
        OpenUpload upload = new OpenUpload(
                reservation.id(),
                true,
                List.of(new OpenUpload.Hold(bytes, admission.atMicros().get(0))),
                List.of(slot),
                OptionalLong.of(600),
                200,
                expires);
        uploads.keep(PATH, upload).block();
        return upload;
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private long left() {
        return join(store.peek(List.of(bytes))).get(0).remaining();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private double expired() {
        return registry.counter("uploads.ended", "how", "expired").count();
    }

    /** Whatever is due has been found by one of two that look at the same time, and so many have ended. */
    private void lookTwice(int ended) throws InterruptedException {
        List<ExpiredUploads> both = List.of(
                new ExpiredUploads(uploads, Duration.ofMillis(5)), new ExpiredUploads(uploads, Duration.ofMillis(5)));
        while (expired() < ended || !join(reminders.due(1)).isEmpty()) {
            Thread.sleep(1);
        }
        both.forEach(ExpiredUploads::close);
    }

    @Test
    void anUploadThatNobodyGoesOnWithIsGivenBackOnceWhatItDidNotBring() throws InterruptedException {
        open(Optional.empty());
        pass(LEASE.minusSeconds(1));
        assertThat(uploads.overdue(9).block()).isEmpty();
        assertThat(left()).isEqualTo(400);
        pass(Duration.ofSeconds(1));
        lookTwice(1);
        assertThat(left()).isEqualTo(800);
        assertThat(expired()).isEqualTo(1);
        assertThat(uploads.find(PATH).block()).isEmpty();
        assertThat(join(store.acquire(List.of(slot.heldBy(new Holder(8)))))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void theBackendSaysHowLongItsUploadsRest() throws InterruptedException {
        open(Optional.of(NOW.plusSeconds(60)));
        pass(Duration.ofSeconds(59));
        assertThat(uploads.overdue(9).block()).isEmpty();
        pass(Duration.ofSeconds(1));
        lookTwice(1);
        assertThat(left()).isEqualTo(800);
    }

    @Test
    void anAppendThatTakesLongerKeepsTheUploadAwake() throws InterruptedException {
        OpenUpload upload = open(Optional.empty());
        pass(LEASE);
        Disposable append = uploads.awake(PATH, upload).subscribe();
        while (!join(reminders.due(9)).isEmpty()) {
            Thread.sleep(1);
        }
        append.dispose();
        assertThat(left()).isEqualTo(400);
    }

    @Test
    void oneThatEndedOtherwiseIsNotEndedAgain() throws InterruptedException {
        open(Optional.empty());
        uploads.end(PATH, UploadEnd.TERMINATED).block();
        assertThat(left()).isEqualTo(800);
        pass(LEASE);
        lookTwice(0);
        assertThat(left()).isEqualTo(800);
        assertThat(expired()).isZero();
    }
}
