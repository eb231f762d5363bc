package io.headgate.gateway.netty;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks at all connections of an event loop once a second: one timer for all of them, and none that has to be set and reset
 * with every request.
 */
final class Patrol {

    private static final long INTERVAL_MILLIS = 1_000;

    private static final FastThreadLocal<Patrol> PATROLS = new FastThreadLocal<>() {
        @Override
        protected Patrol initialValue() {
            return new Patrol();
        }
    };

    private final Set<ConnectionGuard> watched = new LinkedHashSet<>();
    private boolean walking;

    private Patrol() {}

    static Patrol ofThisThread() {
        return PATROLS.get();
    }

    void watch(ConnectionGuard guard, EventExecutor eventLoop) {
        watched.add(guard);
        if (!walking) {
            walking = true;
            next(eventLoop);
        }
    }

    void forget(ConnectionGuard guard) {
        watched.remove(guard);
    }

    private void next(EventExecutor eventLoop) {
        var unused = eventLoop.schedule(() -> walk(eventLoop), INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void walk(EventExecutor eventLoop) {
        long now = System.nanoTime();
        List.copyOf(watched).forEach(guard -> guard.look(now));
        walking = !watched.isEmpty() && !eventLoop.isShuttingDown();
        if (walking) {
            next(eventLoop);
        }
    }
}
