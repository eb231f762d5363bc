package io.headgate.limiter.redis;

import io.headgate.limiter.Reminders;
import io.headgate.limiter.testkit.RemindersContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisRemindersTest extends RemindersContract {

    private static RedisFleet server;

    @BeforeAll
    static void start() throws Exception {
        server = new RedisFleet(1);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected List<Reminders> nodes() {
        return List.of(new RedisReminders(server.connection(0)), new RedisReminders(server.connection(1)));
    }

    @Override
    protected void pass(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
