package io.headgate.gateway.identity;

import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/**
 * Whatever a client writes into forwarded headers: who speaks for itself is itself, and what a trusted proxy adds to it is
 * the last word. The input is one header line a line, {@code F} before those of {@code Forwarded}.
 */
public final class ClientAddressFuzz {

    private static final List<Cidr> TRUSTED = List.of(Cidr.parse("10.0.0.0/8").orElseThrow());
    private static final InetSocketAddress PROXY = peer(10, 0, 0, 1);
    private static final InetSocketAddress STRANGER = peer(203, 0, 113, 9);
    private static final IpAddress CLIENT = IpAddress.parse("198.51.100.7").orElseThrow();

    private ClientAddressFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        check(of(STRANGER, headers(text)), IpAddress.of(STRANGER.getAddress()), "a stranger's word is taken");

        // By another proxy behind it, and by one that joins lines.
        HttpHeaders added = headers(text);
        added.add("X-Forwarded-For", "198.51.100.7, 10.9.9.9");
        boolean both = added.containsHeader("Forwarded");
        if (both) {
            added.add("Forwarded", "for=198.51.100.7;proto=https, for=\"10.9.9.9:4711\"");
        }
        check(of(PROXY, added), CLIENT, "the proxy's word is not the last");

        HttpHeaders joined = headers(text);
        joined.set("X-Forwarded-For", String.join(",", joined.getOrEmpty("X-Forwarded-For")) + ",198.51.100.7");
        IpAddress seen = of(PROXY, joined);
        // A Forwarded that the proxy knows nothing of is the client's own: it may cost the client its address, no more.
        if (!(both && seen.equals(IpAddress.of(PROXY.getAddress())))) {
            check(seen, CLIENT, "the proxy's word is not the last");
        }

        IpAddress found = of(PROXY, headers(text));
        check(IpAddress.parse(found.toString()).orElseThrow(), found, "an address is spelt as another");
    }

    private static IpAddress of(InetSocketAddress peer, HttpHeaders headers) {
        return ClientAddress.of(peer, headers, TRUSTED);
    }

    private static HttpHeaders headers(String text) {
        HttpHeaders headers = new HttpHeaders();
        text.lines().forEach(line -> {
            boolean forwarded = line.startsWith("F");
            headers.add(forwarded ? "Forwarded" : "X-Forwarded-For", forwarded ? line.substring(1) : line);
        });
        return headers;
    }

    private static void check(IpAddress seen, IpAddress expected, String otherwise) {
        if (!seen.equals(expected)) {
            throw new AssertionError(otherwise + ": " + seen + " (expected: " + Set.of(expected) + ")");
        }
    }

    private static InetSocketAddress peer(int... octets) {
        byte[] address = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            address[i] = (byte) octets[i];
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), 4_711);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
