package io.headgate.gateway.identity;

import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The address a request comes from: the socket's peer, or, behind trusted proxies, the right-most address that none of
 * them has. Names are never resolved.
 *
 * <p>What cannot be read to the end is not trusted at all, and the peer stands: an entry that is no IP literal, or
 * {@code X-Forwarded-For} and {@code Forwarded} on one request that disagree (a proxy writes one of them, so the other is
 * the client's own invention).
 */
public final class ClientAddress {

    private static final IpAddress UNKNOWN = IpAddress.parse("0.0.0.0").orElseThrow();

    private ClientAddress() {}

    /**
     * Finds the client of a request.
     *
     * @param peer who is at the other end of the socket, {@code null} if it is gone
     * @param headers the request's headers
     * @param trusted the proxies whose word on their clients is taken
     */
    public static IpAddress of(@Nullable InetSocketAddress peer, HttpHeaders headers, List<Cidr> trusted) {
        InetAddress address = peer == null ? null : peer.getAddress();
        if (address == null) {
            return UNKNOWN;
        }
        IpAddress nearest = IpAddress.of(address);
        if (!Cidr.anyContains(trusted, nearest)) {
            return nearest;
        }
        List<String> xForwardedFor = elements(headers.get("X-Forwarded-For"));
        List<String> forwarded = elements(headers.get("Forwarded"));
        if (forwarded.isEmpty()) {
            return rightMostUntrusted(xForwardedFor, nearest, trusted);
        }
        forwarded.replaceAll(ClientAddress::forParameter);
        IpAddress client = rightMostUntrusted(forwarded, nearest, trusted);
        boolean agreed = xForwardedFor.isEmpty() || client.equals(rightMostUntrusted(xForwardedFor, nearest, trusted));
        return agreed ? client : nearest;
    }

    /** All elements of a list header, over all its lines. */
    private static List<String> elements(@Nullable List<String> lines) {
        List<String> elements = new ArrayList<>();
        if (lines != null) {
            for (String line : lines) {
                for (String element : line.split(",", -1)) {
                    elements.add(element.strip());
                }
            }
        }
        return elements;
    }

    private static IpAddress rightMostUntrusted(List<String> hops, IpAddress peer, List<Cidr> trusted) {
        IpAddress farthest = peer;
        for (int i = hops.size() - 1; i >= 0; i--) {
            Optional<IpAddress> hop = literal(hops.get(i));
            if (hop.isEmpty()) {
                return peer;
            }
            farthest = hop.get();
            if (!Cidr.anyContains(trusted, farthest)) {
                return farthest;
            }
        }
        return farthest;
    }

    /** The value of {@code for} in one element of {@code Forwarded} (RFC 7239 §4); empty if there is none. */
    private static String forParameter(String element) {
        for (String pair : element.split(";", -1)) {
            String stripped = pair.strip();
            if (stripped.regionMatches(true, 0, "for=", 0, 4)) {
                String value = stripped.substring(4);
                boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
                return quoted ? value.substring(1, value.length() - 1) : value;
            }
        }
        return "";
    }

    /** Reads {@code 192.0.2.1}, {@code 192.0.2.1:4711}, {@code 2001:db8::1}, {@code [2001:db8::1]} or {@code [2001:db8::1]:4711}. */
    private static Optional<IpAddress> literal(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            boolean whole = end > 0 && (end == hop.length() - 1 || isPort(hop.substring(end + 1)));
            return whole ? IpAddress.parse(hop.substring(1, end)) : Optional.empty();
        }
        int colon = hop.indexOf(':');
        boolean one = colon >= 0 && colon == hop.lastIndexOf(':');
        if (one && !isPort(hop.substring(colon))) {
            return Optional.empty();
        }
        return IpAddress.parse(one ? hop.substring(0, colon) : hop);
    }

    private static boolean isPort(String text) {
        return text.matches(":\\d{1,5}");
    }
}
