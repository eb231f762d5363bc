package io.headgate.gateway.backend;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BackendMetersTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(BackendMeters.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong seconds = new AtomicLong();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    @Test
    void aBudgetOfRetriesThatIsSpentIsALineInTheLogAndItsEndAnother() {
        Instance instance =
                new Instance("own", URI.create("http://10.0.0.1"), new Bulkhead("10.0.0.1", System::nanoTime));
        BackendMeters meters = new BackendMeters(
                new Backend("own", List.of(instance), List.of(), Balance.LEAST_LOADED, Optional.empty()),
                new SimpleMeterRegistry(),
                () -> seconds.get() * 1_000_000_000L);
        meters.retried();
        for (int i = 0; i < 100; i++) {
            meters.retryRefused();
            meters.retried();
        }
        assertThat(own()).hasSize(1).first().asString().startsWith("own: too many requests fail");
        seconds.addAndGet(11);
        meters.retried();
        meters.retried();
        assertThat(own()).hasSize(2).last().asString().startsWith("own: requests that fail are sent again");
    }

    /** Other tests of this process may log for backends of theirs. */
    private List<String> own() {
        return lines.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("own: "))
                .toList();
    }
}
