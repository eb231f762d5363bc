package io.headgate.load.bench.store;

import java.util.concurrent.CompletionStage;

/** Decides whether a caller may pass. */
interface Limiter extends AutoCloseable {

    /** Whether this caller may pass. */
    CompletionStage<Boolean> decide(int caller);

    @Override
    void close();
}
