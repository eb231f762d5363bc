package io.headgate.limiter.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.guard.Share;
import io.headgate.limiter.testkit.Fleet;
import io.headgate.limiter.testkit.SharedLimitStoreContract;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract, asked by clients of a cluster whose members run somewhere else. */
class HazelcastGuestTest extends SharedLimitStoreContract {

    private static final List<Charge> CALL =
            List.of(Calls.charge("api", Subject.of("test", "early"), new SlidingWindow(10, Duration.ofMinutes(1)), 1));

    @Override
    protected Fleet openFleet() throws Exception {
        return new HazelcastGuestFleet(START);
    }

    @Override
    protected BreakableFleet openBreakableFleet() throws Exception {
        return new HazelcastGuestFleet(START);
    }

    @Test
    void a_client_starts_without_members_and_finds_them_later() throws IOException {
        List<Integer> ports = HazelcastFleet.freePorts(1);
        Discovery members = new Discovery.Members(List.of("127.0.0.1:" + ports.get(0)));
        HazelcastInstance client = new HazelcastGuest("later", members).start();
        try {
            LimitStore store = new HazelcastLimitStore(client);
            assertThatThrownBy(() -> Calls.join(store.acquire(CALL))).isInstanceOf(StoreUnavailable.class);
            assertThatThrownBy(() -> Calls.join(new HazelcastNotes(client).get(Subject.EVERYONE)))
                    .isInstanceOf(StoreUnavailable.class);

            HazelcastInstance member = new HazelcastMember("later", "127.0.0.1", ports.get(0), members).start();
            try {
                Calls.eventually(
                        () -> assertThat(Calls.join(store.acquire(CALL))).isInstanceOf(Decision.Allowed.class));
            } finally {
                member.getLifecycleService().terminate();
            }
        } finally {
            client.shutdown();
        }
    }

    @Test
    void clients_know_how_many_they_are() throws IOException {
        try (HazelcastFleet members = new HazelcastFleet(START, 1)) {
            HazelcastInstance one = members.guest().start();
            HazelcastInstance other = members.guest().start();
            try (HazelcastGuestNodes first = new HazelcastGuestNodes(one)) {
                try (HazelcastGuestNodes second = new HazelcastGuestNodes(other)) {
                    Calls.eventually(() -> assertThat(List.of(first.share(), second.share()))
                            .containsExactlyInAnyOrder(new Share(0, 2), new Share(1, 2)));
                }

                Calls.eventually(() -> assertThat(first.share()).isEqualTo(Share.WHOLE));
                members.breakStore();
                assertThat(first.share()).isEqualTo(Share.WHOLE);
            } finally {
                one.shutdown();
                other.shutdown();
            }
        }
    }

    @Test
    void a_client_without_anybody_to_ask_is_an_error() {
        assertThatThrownBy(() -> new HazelcastGuest("headgate", new Discovery.Members(List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("members: none (expected: host:port of some members of the cluster)");
    }
}
