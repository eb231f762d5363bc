package io.headgate.gateway.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.match.ConcurrencyRule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BulkheadTest {

    private static final ConcurrencyRule TEN = new ConcurrencyRule.Fixed(10);
    private static final ConcurrencyRule ADAPTIVE = new ConcurrencyRule.Adaptive();

    private final Bulkhead bulkhead = new Bulkhead("server", () -> 0);

    @Test
    void theLeastImportantAreTurnedAwayFirst() {
        assertThat(admitted(TEN, Priority.PREFETCH)).isEqualTo(5);
        assertThat(admitted(TEN, Priority.UPLOAD)).isEqualTo(2);
        assertThat(admitted(TEN, Priority.FEED)).isEqualTo(1);
        assertThat(admitted(TEN, Priority.SEGMENT)).isEqualTo(1);
        assertThat(admitted(TEN, Priority.PLAY)).isEqualTo(1);
    }

    @Test
    void theHeaviestUserOfAClassIsTurnedAwayBeforeTheOthers() {
        ConcurrencyRule hundred = new ConcurrencyRule.Fixed(100);
        for (int i = 0; i < 30; i++) {
            enter(hundred, Priority.FEED, "light" + i);
        }
        int heavy = 0;
        while (bulkhead.enter(hundred, Priority.FEED, () -> "heavy")
                .map(BulkheadTest::sent)
                .isPresent()) {
            heavy++;
        }
        assertThat(heavy).isEqualTo(45);
        assertThat(bulkhead.enter(hundred, Priority.FEED, () -> "light1")).isPresent();
    }

    @Test
    void aPlaceIsFreeAgainWhenTheAnswerBegins() {
        List<Bulkhead.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            entries.add(sent(bulkhead.enter(TEN, Priority.PLAY, () -> "ada").orElseThrow()));
        }
        assertThat(bulkhead.enter(TEN, Priority.PLAY, () -> "ada")).isEmpty();
        entries.get(0).over(true);
        entries.get(0).over(false);
        assertThat(admitted(TEN, Priority.PLAY)).isEqualTo(1);
    }

    @Test
    void whatIsStillBeingSentTakesNoPlace() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(bulkhead.enter(TEN, Priority.UPLOAD, () -> "ada")).isPresent();
        }
        bulkhead.enter(TEN, Priority.UPLOAD, () -> "ada").orElseThrow().over(true);
        assertThat(admitted(TEN, Priority.PLAY)).isEqualTo(10);
    }

    @Test
    void withoutALimitEverybodyEnters() {
        for (int i = 0; i < 10_000; i++) {
            enter(new ConcurrencyRule.None(), Priority.PREFETCH, "ada");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 20, 100})
    void atThreeTimesItsCapacityAServerDoesWhatItCanAndPlaybackDoesNotSuffer(int workers) {
        Overload overload = new Overload(workers, 50, 3.0, 0.3);
        overload.run(60);
        assertThat(overload.done).isGreaterThan((long) (0.9 * 60 * overload.perSecond()));
        assertThat(overload.played).isGreaterThan((long) (0.999 * overload.plays));
        assertThat(overload.uploadsShed).isGreaterThan(overload.uploads / 2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.8})
    void belowItsCapacityNothingIsTurnedAway(double load) {
        Overload overload = new Overload(20, 50, load, 0.3);
        overload.run(60);
        assertThat(overload.uploadsShed).isZero();
        assertThat(overload.played).isEqualTo(overload.plays);
    }

    @Test
    void aServerThatHasBecomeSlowerForGoodIsUsedToItsCapacityAgain() {
        Overload overload = new Overload(20, 50, 3.0, 0.3);
        overload.run(30);
        overload.serviceMillis = 500;
        overload.run(60);
        long before = overload.done;
        overload.run(30);
        assertThat(overload.done - before).isGreaterThan((long) (0.9 * 30 * overload.perSecond()));
    }

    @Test
    void aSlowServerThatGetsTooMuchFromTheStartIsNotTakenForOneThatAnswersLateByNature() {
        Overload overload = new Overload(20, 600, 3.0, 0.3);
        overload.run(60);
        assertThat(overload.bulkhead.adaptedLimit()).isBetween(20, 60);
        assertThat(overload.played).isEqualTo(overload.plays);
    }

    private int admitted(ConcurrencyRule rule, Priority priority) {
        int count = 0;
        while (bulkhead.enter(rule, priority, () -> "ada")
                .map(BulkheadTest::sent)
                .isPresent()) {
            count++;
        }
        return count;
    }

    private void enter(ConcurrencyRule rule, Priority priority, String user) {
        assertThat(bulkhead.enter(rule, priority, () -> user).map(BulkheadTest::sent))
                .isPresent();
    }

    private static Bulkhead.Entry sent(Bulkhead.Entry entry) {
        entry.sent();
        return entry;
    }

    /** A server with so many workers and a queue, and more requests than it can answer, on a clock of its own. */
    private static final class Overload {

        private final int workers;
        private final double load;
        private final double playShare;
        private final Random random = new Random(42);
        private final PriorityQueue<Work> working = new PriorityQueue<>(Comparator.comparingLong(Work::end));
        private final Queue<Bulkhead.Entry> queue = new ArrayDeque<>();
        private int serviceMillis;
        private long nowNanos;
        private final Bulkhead bulkhead = new Bulkhead("server", () -> nowNanos);
        private long done;
        private long plays;
        private long played;
        private long uploads;
        private long uploadsShed;

        private record Work(Bulkhead.Entry entry, long end) {}

        Overload(int workers, int serviceMillis, double load, double playShare) {
            this.workers = workers;
            this.serviceMillis = serviceMillis;
            this.load = load;
            this.playShare = playShare;
        }

        double perSecond() {
            return workers * 1_000.0 / serviceMillis;
        }

        /** Arrivals at random, as from many clients; a third of what the server can do is playback. */
        void run(int seconds) {
            double perSecond = perSecond();
            long end = nowNanos + seconds * 1_000_000_000L;
            double next = nowNanos + arrival(load * perSecond);
            while (nowNanos < end) {
                if (!working.isEmpty() && working.peek().end() <= next) {
                    finish(working.remove());
                } else {
                    nowNanos = (long) next;
                    arrive(random.nextDouble() < playShare / load);
                    next += arrival(load * perSecond);
                }
            }
        }

        private double arrival(double perSecond) {
            return -Math.log(1 - random.nextDouble()) / perSecond * 1e9;
        }

        private void arrive(boolean play) {
            Optional<Bulkhead.Entry> entry = bulkhead.enter(
                    ADAPTIVE, play ? Priority.PLAY : Priority.UPLOAD, () -> "user" + random.nextInt(1_000));
            if (play) {
                plays++;
                played += entry.isPresent() ? 1 : 0;
            } else {
                uploads++;
                uploadsShed += entry.isPresent() ? 0 : 1;
            }
            entry.map(BulkheadTest::sent).ifPresent(queue::add);
            work();
        }

        private void finish(Work work) {
            nowNanos = work.end();
            work.entry().over(true);
            done++;
            work();
        }

        private void work() {
            while (working.size() < workers && !queue.isEmpty()) {
                double nanos = serviceMillis * 1e6 * (0.5 + random.nextDouble());
                working.add(new Work(queue.remove(), nowNanos + (long) nanos));
            }
        }
    }
}
