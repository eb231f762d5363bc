package io.headgate.limiter.hazelcast;

import static io.headgate.limiter.hazelcast.Calls.charge;
import static io.headgate.limiter.hazelcast.Calls.eventually;
import static io.headgate.limiter.hazelcast.Calls.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import io.headgate.limiter.Usage;
import io.headgate.limiter.guard.Share;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SplitBrainTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final String CLUSTER = "split-brain";

    @Test
    void halves_that_find_each_other_again_keep_the_stricter_count_of_each_limit() throws Exception {
        List<Integer> ports = HazelcastFleet.freePorts(2);
        // Alone at first: neither has heard of the other.
        HazelcastInstance one = member(ports.get(0));
        HazelcastInstance other = member(ports.get(1));
        CountDownLatch merged = new CountDownLatch(1);
        for (HazelcastInstance member : List.of(one, other)) {
            member.getLifecycleService().addLifecycleListener(event -> {
                if (event.getState() == LifecycleState.MERGED) {
                    merged.countDown();
                }
            });
        }
        try {
            LimitStore here = new HazelcastLimitStore(one);
            LimitStore there = new HazelcastLimitStore(other);
            Subject user = Subject.of("user", "alice");
            SlidingWindow window = new SlidingWindow(10, Duration.ofMinutes(1));
            TokenBucket bucket = new TokenBucket(1, Duration.ofMinutes(1), 20);
            join(here.acquire(List.of(charge("window", user, window, 7), charge("bucket", user, bucket, 2))));
            join(there.acquire(List.of(charge("window", user, window, 4), charge("bucket", user, bucket, 9))));
            join(here.acquire(List.of(charge("only-here", user, window, 6))));

            // Where it looks for other clusters is read anew each time it looks.
            one.getConfig().getNetworkConfig().getJoin().getTcpIpConfig().addMember("127.0.0.1:" + ports.get(1));
            assertThat(merged.await(100, TimeUnit.SECONDS)).as("merged").isTrue();

            List<Charge> all = List.of(
                    charge("window", user, window, 1),
                    charge("bucket", user, bucket, 1),
                    charge("only-here", user, window, 1));
            assertThat(join(there.peek(all))).extracting(Usage::remaining).containsExactly(3L, 11L, 4L);
        } finally {
            one.getLifecycleService().terminate();
            other.getLifecycleService().terminate();
        }
    }

    @Test
    void a_part_that_is_too_small_decides_nothing_and_has_only_its_part_to_give_by_itself() throws Exception {
        List<Integer> ports = HazelcastFleet.freePorts(2);
        List<String> addresses = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        HazelcastInstance first = ofTwo(ports.get(0), addresses);
        HazelcastInstance second = ofTwo(ports.get(1), addresses);
        try {
            LimitStore store = new HazelcastLimitStore(first);
            Charge charge = charge("api", Subject.of("user", "carol"), new SlidingWindow(10, Duration.ofMinutes(1)), 1);
            eventually(() -> assertThat(join(store.acquire(List.of(charge)))).isInstanceOf(Decision.Allowed.class));

            second.getLifecycleService().terminate();

            // Hazelcast looks at the size of the cluster when it hears that a member has gone.
            eventually(() -> assertThatThrownBy(() -> join(store.acquire(List.of(charge))))
                    .isInstanceOf(StoreUnavailable.class));
            assertThatThrownBy(() -> join(store.peek(List.of(charge)))).isInstanceOf(StoreUnavailable.class);
            assertThat(new HazelcastNodes(first, 2).share()).isEqualTo(new Share(0, 2));
        } finally {
            first.getLifecycleService().terminate();
            second.getLifecycleService().terminate();
        }
    }

    private static HazelcastInstance ofTwo(int port, List<String> members) {
        return new HazelcastMember("smallest-of-two", "127.0.0.1", port, new Discovery.Members(members), 2).start();
    }

    private static HazelcastInstance member(int port) {
        HazelcastInstance member =
                new HazelcastMember(CLUSTER, "127.0.0.1", port, new Discovery.Members(List.of())).start();
        HazelcastFleet.setClock(member, () -> START);
        return member;
    }
}
