package io.headgate.limiter.hazelcast;

import io.headgate.limiter.Reminders;
import io.headgate.limiter.testkit.RemindersContract;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class HazelcastRemindersTest extends RemindersContract {

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
    protected List<Reminders> nodes() {
        return List.of(new HazelcastReminders(members.instance(0)), new HazelcastReminders(members.instance(1)));
    }

    @Override
    protected void pass(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
