package io.headgate.policy.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IP address in canonical form: IPv4, or IPv6 with v4-mapped addresses folded to IPv4 and zone ids dropped. Built
 * from literals only; a name is never resolved.
 *
 * <p>Immutable and thread-safe.
 */
public final class IpAddress {

    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6_ALPHABET = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
    private static final int LONGEST_LITERAL = 45;

    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Canonical form of an address that the JDK already holds. */
    public static IpAddress of(InetAddress address) {
        return new IpAddress(folded(address.getAddress()));
    }

    /** Parses an IPv4 or IPv6 literal without brackets, port or zone; empty if {@code text} is anything else. */
    public static Optional<IpAddress> parse(String text) {
        boolean literal = text.length() <= LONGEST_LITERAL
                && (IPV4.matcher(text).matches() || IPV6_ALPHABET.matcher(text).matches());
        if (!literal) {
            return Optional.empty();
        }
        try {
            // With a colon or four decimal octets the JDK parses and never asks the resolver.
            return Optional.of(of(InetAddress.getByName(text)));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /**
     * The address of these bytes in network order, as it stands: a v4-mapped one is not folded.
     *
     * @throws IllegalArgumentException if there are neither 4 nor 16 of them
     */
    public static IpAddress ofBytes(byte[] bytes) {
        if (bytes.length != 4 && bytes.length != 16) {
            throw new IllegalArgumentException("bytes: " + bytes.length + " (expected: 4 or 16)");
        }
        return new IpAddress(bytes.clone());
    }

    private static byte[] folded(byte[] bytes) {
        boolean mapped = bytes.length == 16 && bytes[10] == -1 && bytes[11] == -1;
        for (int i = 0; mapped && i < 10; i++) {
            mapped = bytes[i] == 0;
        }
        return mapped ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
    }

    /** The address in network order: 4 bytes or 16. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** 32 for IPv4, 128 for IPv6. */
    public int bits() {
        return bytes.length * 8;
    }

    /** Whether this is an IPv4 address. */
    public boolean isIpv4() {
        return bytes.length == 4;
    }

    /** This address with all but its first {@code prefix} bits cleared. */
    public IpAddress network(int prefix) {
        if (prefix >= bits()) {
            return this;
        }
        byte[] masked = new byte[bytes.length];
        int whole = prefix / 8;
        System.arraycopy(bytes, 0, masked, 0, whole);
        if (prefix % 8 != 0) {
            masked[whole] = (byte) (bytes[whole] & (0xff << (8 - prefix % 8)));
        }
        return new IpAddress(masked);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The canonical literal: dotted IPv4, or IPv6 in full lower-case groups without compression. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(39);
        if (isIpv4()) {
            for (int i = 0; i < 4; i++) {
                text.append(i == 0 ? "" : ".").append(bytes[i] & 0xff);
            }
        } else {
            for (int i = 0; i < 16; i += 2) {
                text.append(i == 0 ? "" : ":")
                        .append(Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)));
            }
        }
        return text.toString();
    }
}
