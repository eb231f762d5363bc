package io.headgate.gateway.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.netty.ClientPace.Verdict;
import io.headgate.gateway.netty.RequestFraming.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientPaceTest {

    private final ClientPace pace = new ClientPace(Duration.ofSeconds(10), Duration.ofSeconds(30), at(0));

    private static long at(long seconds) {
        // Readings of such a clock may be negative, and may overflow.
        return Long.MAX_VALUE
                - Duration.ofSeconds(5).toNanos()
                + Duration.ofSeconds(seconds).toNanos();
    }

    private Verdict look(long second, Phase phase, long requests) {
        return pace.look(phase, requests, false, 0, 0, at(second));
    }

    private Verdict written(long second, long pending, long written) {
        return pace.look(Phase.BETWEEN, 1, true, pending, written, at(second));
    }

    @Test
    void whoConnectsAndSaysNothingIsSlow() {
        assertThat(look(9, Phase.BETWEEN, 0)).isEqualTo(Verdict.FINE);
        assertThat(look(10, Phase.BETWEEN, 0)).isEqualTo(Verdict.SLOW_REQUEST);
    }

    @Test
    void aFirstHeadHasTheTimeSinceTheConnectionBegan() {
        assertThat(look(5, Phase.HEAD, 1)).isEqualTo(Verdict.FINE);
        assertThat(look(10, Phase.HEAD, 1)).isEqualTo(Verdict.SLOW_REQUEST);
    }

    @Test
    void aConnectionThatWaitsBetweenRequestsIsNotSlow() {
        look(1, Phase.BETWEEN, 1);
        assertThat(look(60, Phase.BETWEEN, 1)).isEqualTo(Verdict.FINE);
        assertThat(look(61, Phase.HEAD, 2)).isEqualTo(Verdict.FINE);
        assertThat(look(70, Phase.HEAD, 2)).isEqualTo(Verdict.FINE);
        assertThat(look(71, Phase.HEAD, 2)).isEqualTo(Verdict.SLOW_REQUEST);
    }

    @Test
    void everyHeadHasTimeOfItsOwn() {
        for (int request = 1; request < 60; request++) {
            assertThat(look(request, Phase.HEAD, request)).isEqualTo(Verdict.FINE);
        }
    }

    @Test
    void aBodyIsReadForAsLongAsItsRequestIsNotAnswered() {
        assertThat(look(5, Phase.BODY, 1)).isEqualTo(Verdict.FINE);
        assertThat(look(500, Phase.BODY, 1)).isEqualTo(Verdict.FINE);
        assertThat(pace.look(Phase.BODY, 1, true, 0, 0, at(501))).isEqualTo(Verdict.FINE);
        assertThat(pace.look(Phase.BODY, 1, true, 0, 0, at(511))).isEqualTo(Verdict.SLOW_REQUEST);
    }

    @Test
    void headsOfAnotherProtocolAreNotSeen() {
        assertThat(look(100, Phase.OTHER_PROTOCOL, 0)).isEqualTo(Verdict.FINE);
    }

    @Test
    void whoReadsNothingOfWhatIsThereIsStalled() {
        assertThat(written(1, 100, 0)).isEqualTo(Verdict.FINE);
        assertThat(written(30, 100, 0)).isEqualTo(Verdict.FINE);
        assertThat(written(31, 100, 0)).isEqualTo(Verdict.STALLED);
    }

    @Test
    void everyByteThatLeavesIsASignOfLife() {
        for (int second = 1; second < 200; second += 29) {
            assertThat(written(second, 100, second)).isEqualTo(Verdict.FINE);
        }
        assertThat(written(400, 0, 0)).isEqualTo(Verdict.FINE);
        assertThat(written(500, 0, 0)).isEqualTo(Verdict.FINE);
    }
}
