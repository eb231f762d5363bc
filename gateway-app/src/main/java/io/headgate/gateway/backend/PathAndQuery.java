package io.headgate.gateway.backend;

import java.net.URI;

/** What an address names at its server. */
final class PathAndQuery {

    private PathAndQuery() {}

    static String of(URI uri) {
        String query = uri.getRawQuery();
        return query == null ? uri.getRawPath() : uri.getRawPath() + "?" + query;
    }
}
