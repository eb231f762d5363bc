package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.testkit.RemindersContract;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class HazelcastRemindersTest extends RemindersContract {

    private static final List<HazelcastInstance> MEMBERS = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        List<Integer> ports = HazelcastFleet.freePorts(2);
        List<String> addresses = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        for (int port : ports) {
            MEMBERS.add(new HazelcastMember(
                            "reminders-" + ports.get(0), "127.0.0.1", port, new Discovery.Members(addresses))
                    .start());
        }
    }

    @AfterAll
    static void stop() {
        MEMBERS.forEach(HazelcastInstance::shutdown);
    }

    @Override
    protected List<Reminders> nodes() {
        return List.of(new HazelcastReminders(MEMBERS.get(0)), new HazelcastReminders(MEMBERS.get(1)));
    }

    @Override
    protected void pass(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
