package io.headgate.gateway.edge;

import java.net.URI;
import java.util.Locale;

/** The host that a request asks for, in the one spelling that policies compare. */
final class RequestHost {

    private RequestHost() {}

    /**
     * Lower case, without port and without the dot that may end a full name; empty if there is none. Names that
     * {@link URI} does not accept as a host, such as those with an underscore, are hosts all the same: backends answer
     * them, and no spelling of a host may lead past the limits of its routes.
     */
    static String of(URI uri) {
        String host = uri.getHost();
        if (host == null) {
            String authority = uri.getRawAuthority();
            host = authority == null ? "" : withoutPort(authority.substring(authority.lastIndexOf('@') + 1));
        }
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        return host.toLowerCase(Locale.ROOT);
    }

    private static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }
}
