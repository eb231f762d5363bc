package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The API keys that are accepted, by the digest of each. Immutable. */
final class ApiKeys {

    /** No key at all. */
    static final ApiKeys NONE = new ApiKeys(List.of(), InstantSource.system());

    private final Map<Sha256, Entry> byDigest = new HashMap<>();
    private final InstantSource clock;

    /**
     * One key.
     *
     * @param id name by which operators know it
     * @param digest what is kept of the key
     * @param caller whom it stands for
     * @param expires when it ends, {@code null} if it does not
     */
    record Entry(
            String id,
            Sha256 digest,
            Caller caller,
            @Nullable Instant expires) {}

    ApiKeys(List<Entry> entries, InstantSource clock) {
        this.clock = clock;
        entries.forEach(entry -> byDigest.put(entry.digest(), entry));
    }

    /**
     * Whom the key stands for; empty if it is unknown or has ended. How long the look-up takes depends on digests only,
     * which nobody can steer towards a known one.
     */
    Optional<Caller> caller(String key) {
        return Optional.ofNullable(byDigest.get(Sha256.of(key)))
                .filter(entry -> entry.expires() == null || clock.instant().isBefore(entry.expires()))
                .map(Entry::caller);
    }

    int size() {
        return byDigest.size();
    }
}
