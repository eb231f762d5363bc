package io.headgate.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RecurringLogTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final RecurringLog log;

    RecurringLogTest() {
        Logger logger = (Logger) LoggerFactory.getLogger(RecurringLogTest.class);
        logger.addAppender(lines);
        lines.start();
        log = new RecurringLog(logger, "Uploads wait", now::get);
    }

    private List<String> said() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void theFirstTimeIsALineAndEachMinuteOfMoreIsOne() {
        for (int i = 0; i < 1_000; i++) {
            log.happened();
        }
        assertThat(said()).containsExactly("Uploads wait");
        now.addAndGet(TimeUnit.SECONDS.toNanos(60));
        log.happened();
        log.happened();
        assertThat(said()).containsExactly("Uploads wait", "Uploads wait: 1000 times in 60 s");
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        log.happened();
        assertThat(said()).last().isEqualTo("Uploads wait: 2 times in 3600 s");
    }

    @Test
    void whatHappensNowAndThenIsALineEach() {
        for (int i = 0; i < 3; i++) {
            log.happened();
            now.addAndGet(TimeUnit.MINUTES.toNanos(1));
        }
        assertThat(said()).containsExactly("Uploads wait", "Uploads wait", "Uploads wait");
    }
}
