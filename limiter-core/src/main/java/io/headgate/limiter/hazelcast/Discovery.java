package io.headgate.limiter.hazelcast;

import java.util.List;

/** How a member finds the others. */
public sealed interface Discovery {

    /**
     * By address. One that answers is enough, and none does for the first member of all.
     *
     * @param addresses {@code host:port} of some members, this one included or not
     */
    record Members(List<String> addresses) implements Discovery {

        /** @throws IllegalArgumentException naming the address that is none */
        public Members {
            addresses = List.copyOf(addresses);
            addresses.forEach(Members::check);
        }

        private static void check(String address) {
            int colon = address.lastIndexOf(':');
            if (colon < 1 || !isPort(address.substring(colon + 1))) {
                throw new IllegalArgumentException("member: " + address + " (expected: host:port)");
            }
        }

        private static boolean isPort(String text) {
            return text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 65_535;
        }
    }

    /**
     * By the addresses behind a headless Kubernetes service, which has to list pods before they are ready. All members
     * listen on the same port.
     *
     * @param dnsName full name of the service, such as {@code headgate-members.default.svc.cluster.local}
     */
    record KubernetesService(String dnsName) implements Discovery {

        /** @throws IllegalArgumentException if the name is blank */
        public KubernetesService {
            if (dnsName.isBlank()) {
                throw new IllegalArgumentException("dnsName: blank (expected: the name of a headless service)");
            }
        }
    }
}
