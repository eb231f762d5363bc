package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.testkit.SharedNotesContract;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class HazelcastNotesTest extends SharedNotesContract {

    private static final List<HazelcastInstance> MEMBERS = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        List<Integer> ports = HazelcastFleet.freePorts(2);
        List<String> addresses = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        for (int port : ports) {
            MEMBERS.add(
                    new HazelcastMember("notes-" + ports.get(0), "127.0.0.1", port, new Discovery.Members(addresses))
                            .start());
        }
    }

    @AfterAll
    static void stop() {
        MEMBERS.forEach(HazelcastInstance::shutdown);
    }

    @Override
    protected List<SharedNotes> nodes() {
        return List.of(new HazelcastNotes(MEMBERS.get(0)), new HazelcastNotes(MEMBERS.get(1)));
    }

    @Override
    protected void pass(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
