package io.headgate.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Subject;
import io.headgate.limiter.local.LocalNotes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class PlaybackRollsTest {

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final LimitKey COUNTER = new LimitKey(LimitKey.limitId("streams"), Subject.of("user", "ada"));

    private final PlaybackRolls rolls = new PlaybackRolls(new LocalNotes(System::nanoTime), () -> 1_000);

    private static <T> T result(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void whoEndedIsNamedAgainWhileNobodyElseIsThereToEnd() {
        assertThat(result(rolls.endOldest(COUNTER, 2, LEASE))).isEmpty();
        result(rolls.underWay(COUNTER, 1, LEASE));
        Optional<PlaybackRoll.Entry> oldest = result(rolls.endOldest(COUNTER, 2, LEASE));
        assertThat(oldest).hasValueSatisfying(entry -> {
            assertThat(entry.holder()).isEqualTo(1);
            assertThat(entry.ended()).isFalse();
        });
        // Its next request was quicker than the one it ended for, and has the slot again.
        assertThat(result(rolls.endOldest(COUNTER, 2, LEASE))).hasValueSatisfying(entry -> {
            assertThat(entry.holder()).isEqualTo(1);
            assertThat(entry.ended()).isTrue();
        });
        assertThat(result(rolls.hasEnded(COUNTER, 1))).isTrue();
        result(rolls.underWay(COUNTER, 3, LEASE));
        assertThat(result(rolls.endOldest(COUNTER, 2, LEASE)).map(PlaybackRoll.Entry::holder))
                .contains(3L);
    }
}
