package io.headgate.limiter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Reminders;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link Reminders} promises, wherever they are kept. */
@Timeout(60)
public abstract class RemindersContract {

    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);
    private static final int ALL = 1_000;

    /** A store that counts in seconds may round the time of setting and the time of asking. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    private final Subject about = subject();

    /** Two nodes that share their reminders; may be one and the same. */
    protected abstract List<Reminders> nodes();

    /** Lets time pass for the reminders, really or not. */
    protected abstract void pass(Duration time) throws InterruptedException;

    private Reminders one() {
        return nodes().get(0);
    }

    private Reminders other() {
        return nodes().get(1);
    }

    private static Subject subject() {
        return Subject.of("reminder", UUID.randomUUID().toString());
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void what_one_node_sets_is_due_at_another_after_its_time_until_it_is_cleared_or_set_anew()
            throws InterruptedException {
        Subject again = subject();
        join(one().set(about, SHORT));
        join(one().set(again, SHORT));
        for (int i = 0; i < 3; i++) {
            join(one().set(subject(), SHORT));
        }
        assertThat(join(other().due(ALL))).doesNotContain(about, again);
        pass(SHORT.plus(SLACK));
        assertThat(join(other().due(ALL))).contains(about, again);
        assertThat(join(one().due(ALL))).contains(about, again);
        assertThat(join(one().due(3))).hasSize(3);
        join(other().clear(about));
        join(other().set(again, LONG));
        assertThat(join(one().due(ALL))).doesNotContain(about, again);
    }

    @Test
    void what_is_set_anew_or_cleared_in_time_is_not_due() throws InterruptedException {
        Subject cleared = subject();
        Subject renewed = subject();
        join(one().set(about, LONG));
        join(one().set(cleared, SHORT));
        join(one().set(renewed, SHORT));
        join(other().clear(cleared));
        join(other().set(renewed, LONG));
        pass(SHORT.plus(SLACK));
        assertThat(join(one().due(ALL))).doesNotContain(about, cleared, renewed);
    }

    @Test
    void a_time_that_is_none_is_refused_at_once() {
        assertThatThrownBy(() -> one().set(about, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("after: PT0S (expected: a millisecond to 30 days)");
        assertThatThrownBy(() -> one().set(about, Duration.ofDays(31))).isInstanceOf(IllegalArgumentException.class);
    }
}
