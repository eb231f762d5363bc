package io.headgate.gateway.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * The keys that an issuer publishes, as last seen. They are {@linkplain #keepFresh asked for} every {@link #REFRESH},
 * and besides when a token names one that is not among them, but never twice within
 * {@link #FETCH_INTERVAL}, whatever arrives. While the issuer does not answer, the keys that were known stay in use for
 * up to {@link #OUTLIVE}.
 *
 * <p>Thread-safe, and never blocks.
 */
final class IssuerKeys {

    /** How often to look what keys there are: one that is withdrawn is missed within that time. */
    static final Duration REFRESH = Duration.ofMinutes(1);

    static final Duration FETCH_INTERVAL = Duration.ofSeconds(30);
    static final Duration OUTLIVE = Duration.ofHours(12);

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    private final Supplier<CompletionStage<JWKSet>> endpoint;
    private final LongSupplier nanoTime;
    private volatile @Nullable Seen seen;
    private CompletableFuture<@Nullable Void> fetch = CompletableFuture.completedFuture(null);
    private @Nullable Long askedNanos;

    private record Seen(JWKSet keys, Set<JWK> each, Set<String> names, long atNanos) {

        Seen(JWKSet keys, long atNanos) {
            this(
                    keys,
                    Set.copyOf(keys.getKeys()),
                    keys.getKeys().stream()
                            .map(JWK::getKeyID)
                            .filter(Objects::nonNull)
                            .collect(Collectors.toUnmodifiableSet()),
                    atNanos);
        }
    }

    /** @param endpoint asks the issuer, and ends within seconds either way */
    IssuerKeys(Supplier<CompletionStage<JWKSet>> endpoint, LongSupplier nanoTime) {
        this.endpoint = endpoint;
        this.nanoTime = nanoTime;
    }

    /** Asks the issuer at once and every {@link #REFRESH}, until that is disposed of. */
    Disposable keepFresh(Scheduler timer) {
        return timer.schedulePeriodically(this::fetched, 0, REFRESH.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The keys to judge by; empty if there are none, or none of this day. */
    Optional<JWKSet> known() {
        return Optional.ofNullable(usable()).map(Seen::keys);
    }

    /** Whether there is a key of this name to judge by; of a token that names none, whether there is any. */
    boolean have(@Nullable String name) {
        Seen last = usable();
        return last != null && (name == null || last.names.contains(name));
    }

    /** Whether these keys, all of them, are still published. */
    boolean have(Collection<JWK> keys) {
        Seen last = usable();
        return last != null && last.each.containsAll(keys);
    }

    /** Whether there is no key of this name, and nobody would be asked for it now. */
    boolean surelyLack(@Nullable String name) {
        Seen last = usable();
        return last != null && name != null && !last.names.contains(name) && !mayAsk();
    }

    private @Nullable Seen usable() {
        Seen last = seen;
        return last == null || nanoTime.getAsLong() - last.atNanos > OUTLIVE.toNanos() ? null : last;
    }

    private synchronized boolean mayAsk() {
        return askedNanos == null || !fetch.isDone() || nanoTime.getAsLong() - askedNanos >= FETCH_INTERVAL.toNanos();
    }

    /** Completes, never with a failure, when a key of this name is known, or cannot be had now. */
    CompletionStage<@Nullable Void> sought(@Nullable String name) {
        return have(name) ? CompletableFuture.completedFuture(null) : fetched();
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
}
