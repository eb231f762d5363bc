package io.headgate.gateway.edge;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The hosts that requests may be meant for, on whatever port; all of them if none is named. */
final class AllowedHosts {

    /** A name, an IPv4 address or an IPv6 literal, and perhaps a port; nothing that a server could take for more. */
    private static final Pattern HOST =
            Pattern.compile("(\\[[0-9a-fA-F:.]{2,45}]|[a-zA-Z0-9._-]{1,253})(?::(\\d{1,5}))?");

    private static final int LARGEST_PORT = 65_535;

    private final Set<String> names;

    AllowedHosts(List<String> names) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Verdict on the {@code Host} of a request. */
    enum Verdict {
        /** It names one of our hosts. */
        OURS,
        /** It names a host that is not ours. */
        FOREIGN,
        /** There is none, there are several, or it is no host. */
        UNCLEAR
    }

    /** Judges all values of the {@code Host} header of a request. */
    Verdict judge(List<String> hosts) {
        if (hosts.size() != 1) {
            return Verdict.UNCLEAR;
        }
        Matcher host = HOST.matcher(hosts.get(0));
        if (!host.matches() || (host.group(2) != null && Integer.parseInt(host.group(2)) > LARGEST_PORT)) {
            return Verdict.UNCLEAR;
        }
        return names.isEmpty() || names.contains(host.group(1).toLowerCase(Locale.ROOT))
                ? Verdict.OURS
                : Verdict.FOREIGN;
    }
}
