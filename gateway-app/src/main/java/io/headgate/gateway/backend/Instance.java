package io.headgate.gateway.backend;

import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One server of a backend, and what is known of it.
 *
 * <p>Thread-safe.
 */
final class Instance {

    private final String name;
    private final URI uri;
    private final Outlier outlier;
    private final Bulkhead bulkhead;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean answersChecks = true;

    /**
     * An instance that nothing is known of.
     *
     * @param name what operators call it
     * @param uri its base address
     * @param bulkhead of its server
     */
    Instance(String name, URI uri, Bulkhead bulkhead) {
        this.name = name;
        this.uri = uri;
        this.bulkhead = bulkhead;
        this.outlier = new Outlier(System::nanoTime);
    }

    /** What operators call it: {@code feed}, or {@code feed@10.0.0.7:9082} if it is one of several. */
    String name() {
        return name;
    }

    URI uri() {
        return uri;
    }

    /** How much its server can work on. */
    Bulkhead bulkhead() {
        return bulkhead;
    }

    /** What its latest calls say of it. */
    Outlier outlier() {
        return outlier;
    }

    /** Whether it should be given requests while others can take them. */
    boolean fit() {
        return answersChecks && !outlier.ejected();
    }

    /** Says what an active health check found; returns whether that is news. */
    boolean answersChecks(boolean answers) {
        boolean news = answersChecks != answers;
        answersChecks = answers;
        return news;
    }

    /** Requests whose answers are not complete yet. */
    int underWay() {
        return underWay.get();
    }

    /** Counts a request as under way until its end. */
    Stay begin() {
        underWay.incrementAndGet();
        return new Stay();
    }

    /** One request's time with this instance. */
    final class Stay {

        private final AtomicBoolean over = new AtomicBoolean();

        private Stay() {}

        /** Ends it; once is enough. */
        void end() {
            if (over.compareAndSet(false, true)) {
                underWay.decrementAndGet();
            }
        }
    }
}
