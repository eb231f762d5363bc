package io.headgate.limiter.redis;

import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.testkit.SharedNotesContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisNotesTest extends SharedNotesContract {

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
    protected List<SharedNotes> nodes() {
        return List.of(new RedisNotes(server.connection(0)), new RedisNotes(server.connection(1)));
    }

    @Override
    protected void pass(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
