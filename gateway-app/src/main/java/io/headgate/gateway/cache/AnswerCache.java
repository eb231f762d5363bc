package io.headgate.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpHeaders;

/**
 * The answers that are kept, and those that are on their way.
 *
 * <p>Thread-safe. Bounded by what the answers weigh.
 */
final class AnswerCache {

    private static final long MOST_BYTES = 32 << 20;

    /** How long it is remembered that there was nothing to share, so that nobody waits for it in vain. */
    private static final Duration ALONE = Duration.ofSeconds(10);

    private static final int MOST_ALONE = 10_000;

    private final Cache<CacheKey, CachedAnswer> answers = Caffeine.newBuilder()
            .maximumWeight(MOST_BYTES)
            .weigher((CacheKey key, CachedAnswer answer) ->
                    answer.weight() + key.target().length())
            .expireAfter(Expiry.creating((CacheKey key, CachedAnswer answer) -> answer.useful()))
            .build();

    private final Cache<CacheKey, Boolean> alone = Caffeine.newBuilder()
            .maximumSize(MOST_ALONE)
            .expireAfterWrite(ALONE)
            .build();

    /** One for each request that is under way, so that there are no more of them than of connections. */
    private final Map<CacheKey, CompletableFuture<Optional<CachedAnswer>>> flights = new ConcurrentHashMap<>();

    /** The answer for such a request, if there is one, whatever its age. */
    Optional<CachedAnswer> find(CacheKey key, HttpHeaders request) {
        return Optional.ofNullable(answers.getIfPresent(key.ofEverybody()))
                .or(() -> Optional.ofNullable(answers.getIfPresent(key)))
                .filter(answer -> answer.answers(request));
    }

    void keep(CacheKey key, CachedAnswer answer) {
        answers.put(answer.forEverybody() ? key.ofEverybody() : key, answer);
        answers.invalidate(answer.forEverybody() ? key : key.ofEverybody());
    }

    /** Whose requests may share an answer: everybody's where the last answer was for everybody. */
    CacheKey shared(CacheKey key) {
        return answers.getIfPresent(key.ofEverybody()) == null ? key : key.ofEverybody();
    }

    /**
     * Sets out for an answer.
     *
     * @return empty if this is the one that has to be made; else the one that another waits for
     */
    Optional<CompletableFuture<Optional<CachedAnswer>>> join(
            CacheKey shared, CompletableFuture<Optional<CachedAnswer>> flight) {
        return Optional.ofNullable(flights.putIfAbsent(shared, flight));
    }

    void land(CacheKey shared, CompletableFuture<Optional<CachedAnswer>> flight) {
        flights.remove(shared, flight);
        flight.complete(Optional.empty());
    }

    boolean isAlone(CacheKey key) {
        return alone.getIfPresent(key) != null;
    }

    void leaveAlone(CacheKey key) {
        alone.put(key, true);
    }
}
