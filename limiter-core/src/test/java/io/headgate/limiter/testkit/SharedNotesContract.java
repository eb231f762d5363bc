package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link SharedNotes} promises, wherever they are kept. */
@Timeout(60)
public abstract class SharedNotesContract {

    private static final Duration LONG = Duration.ofHours(1);

    private final Subject about = Subject.of("note", UUID.randomUUID().toString());

    /** Two nodes that share their notes; may be one and the same. */
    protected abstract List<SharedNotes> nodes();

    /** Lets time pass for the notes, really or not. */
    protected abstract void pass(Duration time) throws InterruptedException;

    private SharedNotes one() {
        return nodes().get(0);
    }

    private SharedNotes other() {
        return nodes().get(1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(CompletionStage<Optional<byte[]>> note) {
        return note.toCompletableFuture()
                .join()
                .map(found -> new String(found, StandardCharsets.UTF_8))
                .orElse("nothing");
    }

    private void put(SharedNotes notes, String note, Duration keep) {
        notes.put(about, bytes(note), keep).toCompletableFuture().join();
    }

    @Test
    void what_one_node_writes_another_reads() {
        assertThat(text(other().get(about))).isEqualTo("nothing");
        put(one(), "first", LONG);
        assertThat(text(other().get(about))).isEqualTo("first");
        put(other(), "second", LONG);
        assertThat(text(one().get(about))).isEqualTo("second");
    }

    @Test
    void a_note_is_taken_away_once() {
        put(one(), "once", LONG);
        List<CompletionStage<Optional<byte[]>>> takers =
                List.of(one().remove(about), other().remove(about), one().remove(about));
        assertThat(takers).extracting(SharedNotesContract::text).containsOnlyOnce("once");
        assertThat(text(one().get(about))).isEqualTo("nothing");
    }

    @Test
    void a_note_is_kept_for_its_time_and_no_longer() throws InterruptedException {
        put(one(), "short", Duration.ofSeconds(2));
        put(one(), "longer", LONG);
        Subject brief = Subject.of("note", UUID.randomUUID().toString());
        one().put(brief, bytes("brief"), Duration.ofSeconds(1))
                .toCompletableFuture()
                .join();
        pass(Duration.ofSeconds(4));
        assertThat(text(other().get(about))).isEqualTo("longer");
        assertThat(text(other().get(brief))).isEqualTo("nothing");
        assertThat(text(other().remove(brief))).isEqualTo("nothing");
    }

    @Test
    void a_note_that_is_none_is_refused_at_once() {
        assertThatThrownBy(() -> one().put(about, new byte[SharedNotes.MAX_SIZE + 1], LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("note: 4097 bytes (expected: at most 4096)");
        assertThatThrownBy(() -> one().put(about, bytes("never"), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("keep: PT0S (expected: at least a millisecond)");
    }
}
