package io.headgate.gateway.config;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One backend, under {@code headgate.backends.<name>.}.
 *
 * @param uri base addresses of its instances
 * @param zones where they are, one for each in the same order; empty if it does not matter
 * @param balance which of them takes a request; {@code null} for what suits the backend
 * @param healthPath where an instance says that it is well, by any answer 2xx; {@code null} if nobody asks
 */
public record BackendSettings(
        @DefaultValue List<URI> uri,
        @DefaultValue List<String> zones,
        @Nullable Balance balance,
        @Nullable String healthPath) {

    /** Which of several instances takes a request. */
    public enum Balance {
        /** The less loaded of two that are drawn at random. */
        LEAST_LOADED,
        /** The same one for the same path, unless that one has much more to do than the others. */
        BY_PATH
    }
}
