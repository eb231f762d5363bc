package io.headgate.gateway.identity;

import com.nimbusds.jose.jwk.JWKSet;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes, as last seen. They are asked for again when they are older than {@link #FRESH} or a
 * token names one that is not among them, but never twice within {@link #FETCH_INTERVAL}, whatever arrives. While the
 * issuer does not answer, the keys that were known stay in use for up to {@link #OUTLIVE}.
 *
 * <p>Thread-safe, and never blocks.
 */
final class IssuerKeys {

    /** How old keys may be without being asked for again. */
    static final Duration FRESH = Duration.ofMinutes(2);

    static final Duration FETCH_INTERVAL = Duration.ofSeconds(30);
    static final Duration OUTLIVE = Duration.ofHours(12);

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    private final Supplier<CompletionStage<JWKSet>> endpoint;
    private final LongSupplier nanoTime;
    private volatile @Nullable Seen seen;
    private CompletableFuture<@Nullable Void> fetch = CompletableFuture.completedFuture(null);
    private @Nullable Long askedNanos;

    private record Seen(JWKSet keys, long atNanos) {}

    /** @param endpoint asks the issuer, and ends within seconds either way */
    IssuerKeys(Supplier<CompletionStage<JWKSet>> endpoint, LongSupplier nanoTime) {
        this.endpoint = endpoint;
        this.nanoTime = nanoTime;
    }

    /** The keys to judge by; empty if there are none, or none of this day. */
    Optional<JWKSet> known() {
        Seen last = seen;
        return last == null || isOlder(last, OUTLIVE) ? Optional.empty() : Optional.of(last.keys);
    }

    /** Completes, never with a failure, when the keys are fresh, or as fresh as they can be had now. */
    CompletionStage<@Nullable Void> refreshed() {
        Seen last = seen;
        return last == null || isOlder(last, FRESH) ? fetched() : CompletableFuture.completedFuture(null);
    }

    /** Completes, never with a failure, when the issuer has been asked, or at once if it was asked a moment ago. */
    synchronized CompletionStage<@Nullable Void> fetched() {
        long now = nanoTime.getAsLong();
        if (askedNanos == null || (fetch.isDone() && now - askedNanos >= FETCH_INTERVAL.toNanos())) {
            askedNanos = now;
            fetch = endpoint.get().<@Nullable Void>handle(this::take).toCompletableFuture();
        }
        return fetch;
    }

    private @Nullable Void take(@Nullable JWKSet keys, @Nullable Throwable error) {
        if (keys != null) {
            seen = new Seen(keys, nanoTime.getAsLong());
        } else {
            log.warn(
                    "The issuer's keys cannot be had: {}. {}",
                    error == null ? "no answer" : error.getMessage(),
                    seen == null ? "Bearer tokens are answered 503" : "Those that are known stay in use");
        }
        return null;
    }

    private boolean isOlder(Seen last, Duration age) {
        return nanoTime.getAsLong() - last.atNanos > age.toNanos();
    }
}
