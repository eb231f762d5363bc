package io.headgate.gateway.netty;

import io.headgate.policy.match.IdentityRules;
import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Counts the connections that are open, in all and by client network, and says when there is one too many. A trusted proxy
 * speaks for many clients, so its connections count in all only. Thread-safe.
 */
final class OpenConnections {

    private final int most;
    private final int mostPerClient;
    private final Supplier<IdentityRules> identity;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<Cidr, Integer> byClient = new ConcurrentHashMap<>();

    /** @param identity by which addresses count as one client */
    OpenConnections(int most, int mostPerClient, Supplier<IdentityRules> identity) {
        this.most = most;
        this.mostPerClient = mostPerClient;
        this.identity = identity;
    }

    /** Counts one more; {@code false}, and nothing counted, if that is too many. */
    boolean enter() {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    /** One less. */
    void leave() {
        open.decrementAndGet();
    }

    /** The network that a connection from this address counts for. */
    Cidr client(IpAddress address) {
        return identity.get().clientNetwork(address);
    }

    /** Whether this is the address of a trusted proxy. */
    boolean isProxy(IpAddress address) {
        return Cidr.anyContains(identity.get().trustedProxies(), address);
    }

    /** Counts one more from this address; {@code false}, and nothing counted, if that is too many. */
    boolean enter(IpAddress address, Cidr client) {
        boolean proxy = isProxy(address);
        boolean[] fits = {true};
        byClient.compute(client, (key, count) -> {
            int before = count == null ? 0 : count;
            fits[0] = proxy || before < mostPerClient;
            return fits[0] ? Integer.valueOf(before + 1) : count;
        });
        return fits[0];
    }

    /** One less from this client. */
    void leave(Cidr client) {
        byClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }

    int count() {
        return open.get();
    }

    /** Clients that have a connection open. */
    int clients() {
        return byClient.size();
    }
}
