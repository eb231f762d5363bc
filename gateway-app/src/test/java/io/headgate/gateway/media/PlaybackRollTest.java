package io.headgate.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaybackRollTest {

    private static final long LEASE = 100;

    @Test
    void theOldestIsWhoBeganFirstHoweverOftenItIsHeardOf() {
        PlaybackRoll roll = PlaybackRoll.EMPTY
                .with(1, 10, 10 + LEASE)
                .with(2, 20, 20 + LEASE)
                .with(1, 30, 30 + LEASE);
        assertThat(oldest(roll, 3, 40)).contains(1L);
        assertThat(oldest(roll, 1, 40)).contains(2L);
    }

    @Test
    void whoHasNotBeenHeardOfForLongIsForgotten() {
        PlaybackRoll roll = PlaybackRoll.EMPTY.with(1, 10, 10 + LEASE).with(2, 20, 20 + LEASE);
        assertThat(oldest(roll, 3, 10 + LEASE)).contains(2L);
        assertThat(oldest(roll, 3, 20 + LEASE)).isEmpty();
        assertThat(roll.with(3, 20 + LEASE, 500).entries()).hasSize(1);
    }

    @Test
    void whoHasEndedStaysEndedForItsTimeOrUntilItBeginsAnew() {
        PlaybackRoll roll = PlaybackRoll.EMPTY.with(1, 10, 10 + LEASE);
        PlaybackRoll ended = roll.ending(roll.entries().get(0), 50, 50 + LEASE);
        assertThat(ended.hasEnded(1, 50 + LEASE - 1)).isTrue();
        assertThat(ended.hasEnded(1, 50 + LEASE)).isFalse();
        assertThat(ended.hasEnded(2, 60)).isFalse();
        assertThat(oldest(ended, 3, 60)).isEmpty();
        assertThat(ended.lastEnded(3, 60).map(PlaybackRoll.Entry::holder)).contains(1L);
        assertThat(ended.lastEnded(1, 60)).isEmpty();
        assertThat(ended.lastEnded(3, 50 + LEASE)).isEmpty();

        PlaybackRoll anew = ended.with(1, 70, 70 + LEASE);
        assertThat(anew.hasEnded(1, 71)).isFalse();
        assertThat(anew.entries().get(0).begunMillis()).isEqualTo(70);
    }

    @Test
    void itIsReadAsItWasWritten() {
        PlaybackRoll roll = PlaybackRoll.EMPTY.with(-1, 10, 10 + LEASE).with(2, 20, 20 + LEASE);
        PlaybackRoll ended = roll.ending(roll.entries().get(0), 50, 50 + LEASE);
        assertThat(PlaybackRoll.read(ended.written())).isEqualTo(ended);
        byte[] cut = new byte[ended.written().length - 1];
        System.arraycopy(ended.written(), 0, cut, 0, cut.length);
        assertThat(PlaybackRoll.read(cut)).isEqualTo(PlaybackRoll.EMPTY);
        assertThat(PlaybackRoll.read(new byte[] {2})).isEqualTo(PlaybackRoll.EMPTY);
        assertThat(PlaybackRoll.read(new byte[0])).isEqualTo(PlaybackRoll.EMPTY);
    }

    @Test
    void itFitsANoteAndForgetsWhatEndedBeforeWhatIsUnderWay() {
        PlaybackRoll roll = PlaybackRoll.EMPTY;
        for (int i = 0; i < 1_000; i++) {
            roll = roll.with(i, i, 10_000 + i);
            if (i < 100) {
                roll = roll.ending(roll.entries().get(roll.entries().size() - 1), i, 10_000);
            }
        }
        assertThat(roll.written()).hasSizeLessThanOrEqualTo(4_096);
        assertThat(roll.entries()).hasSize(150).noneMatch(PlaybackRoll.Entry::ended);
        assertThat(roll.entries().get(149).holder()).isEqualTo(999);
    }

    private static Optional<Long> oldest(PlaybackRoll roll, long holder, long nowMillis) {
        return roll.oldest(holder, nowMillis).map(PlaybackRoll.Entry::holder);
    }
}
