package io.headgate.policy.net;

import java.util.List;
import java.util.Optional;

/**
 * A block of addresses.
 *
 * @param network its first address
 * @param prefix how many leading bits every member shares with it
 */
public record Cidr(IpAddress network, int prefix) {

    /** Parses {@code 10.0.0.0/8}, {@code 2001:db8::/32} or a bare address; empty if {@code text} is anything else. */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        Optional<IpAddress> address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (slash < 0) {
            return address.map(ip -> new Cidr(ip, ip.bits()));
        }
        String digits = text.substring(slash + 1);
        if (!digits.matches("\\d{1,3}")) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(digits);
        return address.filter(ip -> prefix <= ip.bits()).map(ip -> new Cidr(ip.network(prefix), prefix));
    }

    /** Whether {@code ip} belongs to this block. */
    public boolean contains(IpAddress ip) {
        return ip.bits() == network.bits() && ip.network(prefix).equals(network);
    }

    /** Whether {@code ip} belongs to any of these. */
    public static boolean anyContains(List<Cidr> blocks, IpAddress ip) {
        for (Cidr block : blocks) {
            if (block.contains(ip)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return network + "/" + prefix;
    }
}
