package io.headgate.limiter.hazelcast;

import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.testkit.SharedNotesContract;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class HazelcastNotesTest extends SharedNotesContract {

    private static HazelcastFleet members;

    @BeforeAll
    static void start() throws IOException {
        members = new HazelcastFleet(0, 2);
    }

    @AfterAll
    static void stop() {
        members.close();
    }

    @Override
    protected List<SharedNotes> nodes() {
        return List.of(new HazelcastNotes(members.instance(0)), new HazelcastNotes(members.instance(1)));
    }

    @Override
    protected void pass(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
