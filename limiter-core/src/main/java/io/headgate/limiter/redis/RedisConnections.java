package io.headgate.limiter.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisson.config.BaseConfig;
import org.redisson.config.Config;
import org.redisson.config.EqualJitterDelay;
import org.redisson.config.ReadMode;

/**
 * How to reach Redis for limiting: no retries (a script sent twice charges twice), short timeouts, reconnects two at a
 * time and jittered by at most a second, master only.
 *
 * @param mode how the addresses are meant
 * @param addresses {@code redis://host:port} or {@code rediss://host:port}; one server, the sentinels,
 *     or some nodes of the cluster
 * @param master name of the master that the sentinels watch; used in {@link Mode#SENTINEL} only
 * @param username ACL user, {@code null} for the default one
 * @param password its password, {@code null} for none
 * @param tls for {@code rediss://} addresses
 * @param timeout longest wait for an answer before its connection counts as lost
 */
public record RedisConnections(
        Mode mode,
        List<String> addresses,
        String master,
        @Nullable String username,
        @Nullable String password,
        RedisTls tls,
        Duration timeout) {

    /** How long it may go unnoticed that another server has become the master. */
    private static final int TOPOLOGY_MILLIS = 1_000;

    /** Two for the calls, of which no more groups are under way at a time, and one for the heartbeat. */
    private static final int CONNECTIONS = 3;

    /** One call is under way on a connection at a time; each of the many slots of a master may have one to send. */
    private static final int CALLS_PER_MASTER = 8;

    /** How the addresses are meant. */
    public enum Mode {
        /** One server. */
        SINGLE,
        /** Sentinels that know the master. */
        SENTINEL,
        /** Nodes of a Redis Cluster, which know the others. */
        CLUSTER
    }

    /**
     * Checks the addresses.
     *
     * @throws IllegalArgumentException naming the address that is none, the count that does not fit the mode, or what TLS
     *     would not be used for
     */
    public RedisConnections {
        addresses = List.copyOf(addresses);
        addresses.forEach(RedisConnections::check);
        if (addresses.isEmpty() || (mode == Mode.SINGLE && addresses.size() > 1)) {
            throw new IllegalArgumentException("addresses: " + addresses + " (expected: "
                    + (mode == Mode.SINGLE ? "exactly one" : "at least one") + " in mode " + mode + ")");
        }
        checkTls(addresses, tls);
    }

    private static void checkTls(List<String> addresses, RedisTls tls) {
        long encrypted =
                addresses.stream().filter(each -> each.startsWith("rediss:")).count();
        if (encrypted != 0 && encrypted != addresses.size()) {
            throw new IllegalArgumentException(
                    "addresses: " + addresses + " (expected: all redis:// or all rediss://)");
        }
        if (encrypted == 0 && !tls.equals(RedisTls.DEFAULT)) {
            throw new IllegalArgumentException("tls: set for " + addresses + " (expected: rediss:// addresses)");
        }
    }

    private static void check(String address) {
        String expected = address + " (expected: redis://host:port or rediss://host:port)";
        try {
            URI uri = new URI(address);
            boolean valid = ("redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPort() > 0
                    && uri.getUserInfo() == null
                    && (uri.getPath() == null || uri.getPath().isEmpty());
            if (!valid) {
                throw new IllegalArgumentException("address: " + expected);
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("address: " + expected, e);
        }
    }

    /**
     * Opens a client. An absent server does not keep a node from starting, see {@link RedisClient}.
     *
     * @throws IllegalArgumentException naming a file of {@link RedisTls} that cannot be used
     */
    public RedisClient open() {
        Config config = new Config();
        config.setLazyInitialization(true);
        config.setTcpNoDelay(true);
        config.setTcpKeepAlive(true);
        config.setNettyHook(new ConnectionHook());
        // Our own digest comes first and the script itself second; Redisson would try the digest once more.
        config.setUseScriptCache(false);
        config.setThreads(2);
        config.setUsername(username);
        config.setPassword(password);
        tls.apply(config);
        switch (mode) {
            case SINGLE -> single(config);
            case SENTINEL -> sentinel(config);
            case CLUSTER -> cluster(config);
        }
        return RedisClient.open(config);
    }

    private void single(Config config) {
        common(config.useSingleServer())
                .setAddress(addresses.get(0))
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(CONNECTIONS)
                .setSubscriptionConnectionMinimumIdleSize(0)
                .setDnsMonitoringInterval(5_000);
    }

    private void sentinel(Config config) {
        common(config.useSentinelServers())
                .setMasterName(master)
                .addSentinelAddress(addresses.toArray(String[]::new))
                // How many there must be is for who runs them to say; one that answers is enough to find the master.
                .setCheckSentinelsList(false)
                .setReadMode(ReadMode.MASTER)
                .setMasterConnectionMinimumIdleSize(1)
                .setMasterConnectionPoolSize(CONNECTIONS)
                .setScanInterval(TOPOLOGY_MILLIS);
    }

    private void cluster(Config config) {
        common(config.useClusterServers())
                .addNodeAddress(addresses.toArray(String[]::new))
                .setReadMode(ReadMode.MASTER)
                .setMasterConnectionMinimumIdleSize(1)
                .setMasterConnectionPoolSize(CALLS_PER_MASTER)
                .setScanInterval(TOPOLOGY_MILLIS)
                // A slot without a master is unavailable by itself, and no reason to do without the others.
                .setCheckSlotsCoverage(false);
    }

    private <T extends BaseConfig<T>> T common(T config) {
        int millis = Math.toIntExact(timeout.toMillis());
        return config.setRetryAttempts(0)
                .setTimeout(millis)
                .setConnectTimeout(Math.max(millis, 500))
                .setPingConnectionInterval(1_000)
                .setReconnectionDelay(new EqualJitterDelay(Duration.ofMillis(100), Duration.ofSeconds(1)));
    }
}
