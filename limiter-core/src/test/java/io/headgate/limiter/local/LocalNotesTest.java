package io.headgate.limiter.local;

import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.testkit.SharedNotesContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class LocalNotesTest extends SharedNotesContract {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final LocalNotes notes = new LocalNotes(nanos::get);

    @Override
    protected List<SharedNotes> nodes() {
        return List.of(notes, notes);
    }

    @Override
    protected void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
