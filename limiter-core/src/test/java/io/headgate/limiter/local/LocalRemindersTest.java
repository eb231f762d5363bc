package io.headgate.limiter.local;

import io.headgate.limiter.Reminders;
import io.headgate.limiter.testkit.RemindersContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class LocalRemindersTest extends RemindersContract {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final LocalReminders reminders = new LocalReminders(nanos::get);

    @Override
    protected List<Reminders> nodes() {
        return List.of(reminders, reminders);
    }

    @Override
    protected void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
