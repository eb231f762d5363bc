package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** The people who may change something on the management port, by API keys of their own. Thread-safe. */
public final class Operators implements AutoCloseable {

    private final @Nullable WatchedFile<ApiKeys> file;
    private final Supplier<ApiKeys> keys;

    private Operators(@Nullable WatchedFile<ApiKeys> file) {
        this.file = file;
        this.keys = file == null ? () -> ApiKeys.NONE : file;
    }

    /** Nobody. */
    static Operators none() {
        return new Operators(null);
    }

    /** Those whose keys are in a file. */
    static Operators in(WatchedFile<ApiKeys> file) {
        return new Operators(file);
    }

    /** Whether there are any. */
    public boolean any() {
        return file != null;
    }

    /** Whose key a request carries, in {@code X-API-Key}; empty if it is nobody's, or not the only credential. */
    public Optional<String> of(HttpHeaders headers, @Nullable String query) {
        return Credential.of(headers, query) instanceof Credential.ApiKey key
                ? keys.get().caller(key.key()).map(Caller::user)
                : Optional.empty();
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
