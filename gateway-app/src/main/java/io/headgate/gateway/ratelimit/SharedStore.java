package io.headgate.gateway.ratelimit;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.guard.BreakerLimitStore;
import io.headgate.limiter.guard.LiveNodes;
import io.headgate.limiter.guard.QueueingLimitStore;
import io.headgate.limiter.guard.Share;
import io.headgate.limiter.hazelcast.Discovery;
import io.headgate.limiter.hazelcast.HazelcastGuest;
import io.headgate.limiter.hazelcast.HazelcastGuestNodes;
import io.headgate.limiter.hazelcast.HazelcastLimitStore;
import io.headgate.limiter.hazelcast.HazelcastMember;
import io.headgate.limiter.hazelcast.HazelcastNodes;
import io.headgate.limiter.hazelcast.HazelcastNotes;
import io.headgate.limiter.hazelcast.HazelcastReminders;
import io.headgate.limiter.local.LocalNotes;
import io.headgate.limiter.local.LocalReminders;
import io.headgate.limiter.redis.RedisClient;
import io.headgate.limiter.redis.RedisClusterLimitStore;
import io.headgate.limiter.redis.RedisConnections;
import io.headgate.limiter.redis.RedisLimitStore;
import io.headgate.limiter.redis.RedisNodes;
import io.headgate.limiter.redis.RedisNotes;
import io.headgate.limiter.redis.RedisReminders;
import io.headgate.limiter.redis.RedisTls;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store that the settings name, opened.
 *
 * @param name what operators call it
 * @param place where it is looked for
 * @param store the store itself, with nothing around it
 * @param guarding puts guards around it
 * @param notes what is kept beside the counters
 * @param reminders when to look at what, kept there too
 * @param nodes who shares it
 * @param patience for how many deadlines it may be silent if its last word was an answer
 * @param answers where its answers come in
 * @param closing lets go of its connections
 */
record SharedStore(
        String name,
        String place,
        LimitStore store,
        Guarding guarding,
        SharedNotes notes,
        Reminders reminders,
        LiveNodes nodes,
        int patience,
        Executor answers,
        Runnable closing)
        implements AutoCloseable {

    /** Puts guards around each part of a store that fails by itself. */
    @FunctionalInterface
    interface Guarding {
        Guarded by(Function<LimitStore, BreakerLimitStore> guard);
    }

    /**
     * A store behind its guards.
     *
     * @param store what calls go through
     * @param guards those there are now; none if nothing of the store has been found yet
     */
    record Guarded(LimitStore store, Supplier<Collection<BreakerLimitStore>> guards) {}

    /** Above any deadline of a decision, so that the deadline always comes first. */
    private static final Duration REDIS_TIMEOUT = Duration.ofSeconds(1);

    private static final int REDIS_PATIENCE = 5;

    /** A member that is gone is reported as such; one that is late shares its processor with gateways under load. */
    private static final int HAZELCAST_PATIENCE = 25;

    /** Calls under way in the cluster at once, and in line before it. More would only slow each other down. */
    private static final int HAZELCAST_CALLS = 16;

    private static final int HAZELCAST_LINE = 16_384;

    /**
     * Opens it. A Redis that is not there yet does not keep the gateway from starting.
     *
     * @throws SettingRejected if the settings cannot be right, whatever is running
     */
    static SharedStore open(HeadgateProperties.Store settings) {
        String name = settings.type().name().toLowerCase(Locale.ROOT);
        return switch (settings.type()) {
            case MEMORY ->
                whole(
                        name,
                        "this process",
                        LimitStores.local(),
                        new LocalNotes(System::nanoTime),
                        new LocalReminders(System::nanoTime),
                        () -> Share.WHOLE,
                        1,
                        Runnable::run,
                        () -> {});
            case REDIS -> redis(name, settings.redis());
            case HAZELCAST -> hazelcast(name, settings.hazelcast());
        };
    }

    /** A store that fails as a whole. */
    private static SharedStore whole(
            String name,
            String place,
            LimitStore store,
            SharedNotes notes,
            Reminders reminders,
            LiveNodes nodes,
            int patience,
            Executor answers,
            Runnable closing) {
        return new SharedStore(
                name,
                place,
                store,
                guard -> whole(guard.apply(store)),
                notes,
                reminders,
                nodes,
                patience,
                answers,
                closing);
    }

    private static Guarded whole(BreakerLimitStore guarded) {
        return new Guarded(guarded, () -> List.of(guarded));
    }

    private static SharedStore redis(String name, HeadgateProperties.Redis settings) {
        RedisClient client = open(settings);
        RedisNodes nodes = new RedisNodes(client);
        SharedNotes notes = new RedisNotes(client);
        Reminders reminders = new RedisReminders(client);
        String place = String.join(", ", settings.address());
        Runnable closing = () -> {
            nodes.close();
            client.close();
        };
        boolean cluster = settings.mode() == RedisConnections.Mode.CLUSTER;
        LimitStore bare =
                cluster ? new RedisClusterLimitStore<>(client, master -> master) : new RedisLimitStore(client);
        return new SharedStore(
                name,
                place,
                bare,
                guard -> cluster ? cluster(client, guard) : whole(guard.apply(bare)),
                notes,
                reminders,
                nodes,
                REDIS_PATIENCE,
                client.answers(),
                closing);
    }

    private static Guarded cluster(RedisClient client, Function<LimitStore, BreakerLimitStore> guard) {
        RedisClusterLimitStore<BreakerLimitStore> cluster = new RedisClusterLimitStore<>(client, guard);
        return new Guarded(cluster, cluster::masters);
    }

    private static RedisClient open(HeadgateProperties.Redis settings) {
        try {
            HeadgateProperties.Tls tls = settings.tls();
            RedisConnections connections = new RedisConnections(
                    settings.mode(),
                    settings.address(),
                    settings.master(),
                    settings.username(),
                    settings.password(),
                    new RedisTls(file(tls.trust()), file(tls.certificate()), file(tls.key())),
                    REDIS_TIMEOUT);
            return connections.open();
        } catch (IllegalArgumentException e) {
            throw new SettingRejected(
                    "headgate.store.redis",
                    e.getMessage(),
                    "addresses such as redis://host:6379; for TLS rediss:// and PEM files");
        }
    }

    private static @Nullable Path file(@Nullable String name) {
        return name == null ? null : Path.of(name);
    }

    private static SharedStore hazelcast(String name, HeadgateProperties.Hazelcast settings) {
        if (settings.mode() == HeadgateProperties.Hazelcast.Mode.CLIENT) {
            return hazelcastElsewhere(name, settings);
        }
        HazelcastInstance member = start(settings);
        return hazelcast(
                name,
                "the gateways' own cluster",
                member,
                new HazelcastNodes(member, settings.smallestCluster()),
                member::shutdown);
    }

    private static SharedStore hazelcastElsewhere(String name, HeadgateProperties.Hazelcast settings) {
        HazelcastInstance client = guest(settings);
        HazelcastGuestNodes nodes = new HazelcastGuestNodes(client);
        return hazelcast(name, "the cluster " + settings.cluster(), client, nodes, () -> {
            nodes.close();
            client.shutdown();
        });
    }

    private static SharedStore hazelcast(
            String name, String place, HazelcastInstance hazelcast, LiveNodes nodes, Runnable closing) {
        return whole(
                name,
                place,
                new QueueingLimitStore(new HazelcastLimitStore(hazelcast), HAZELCAST_CALLS, HAZELCAST_LINE),
                new HazelcastNotes(hazelcast),
                new HazelcastReminders(hazelcast),
                nodes,
                HAZELCAST_PATIENCE,
                Runnable::run,
                closing);
    }

    private static Discovery discovery(HeadgateProperties.Hazelcast settings) {
        return settings.kubernetesService() == null
                ? new Discovery.Members(settings.members())
                : new Discovery.KubernetesService(settings.kubernetesService());
    }

    private static HazelcastInstance guest(HeadgateProperties.Hazelcast settings) {
        try {
            return new HazelcastGuest(settings.cluster(), discovery(settings)).start();
        } catch (IllegalArgumentException e) {
            throw new SettingRejected("headgate.store.hazelcast", e.getMessage(), "members such as host:5701");
        }
    }

    private static HazelcastInstance start(HeadgateProperties.Hazelcast settings) {
        try {
            return new HazelcastMember(
                            settings.cluster(),
                            address(settings),
                            settings.port(),
                            discovery(settings),
                            settings.smallestCluster())
                    .start();
        } catch (IllegalArgumentException e) {
            throw new SettingRejected("headgate.store.hazelcast", e.getMessage(), "members such as host:5701");
        } catch (HazelcastException e) {
            throw new SettingRejected(
                    "headgate.store.hazelcast.port",
                    settings.port() + " cannot be used: " + e.getMessage(),
                    "a port that no other process listens on");
        }
    }

    private static String address(HeadgateProperties.Hazelcast settings) {
        if (settings.address() != null) {
            return settings.address();
        }
        return settings.kubernetesService() == null ? "127.0.0.1" : addressOfPod();
    }

    private static String addressOfPod() {
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            throw new SettingRejected(
                    "headgate.store.hazelcast.address",
                    "not set, and the host's own address is not known: " + e.getMessage(),
                    "the address at which the other members reach this one");
        }
    }

    @Override
    public void close() {
        closing.run();
    }
}
