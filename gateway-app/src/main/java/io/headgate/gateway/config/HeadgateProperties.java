package io.headgate.gateway.config;

import io.headgate.limiter.redis.RedisConnections;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Everything under {@code headgate.}; a name that is not here is refused.
 *
 * @param policy policy file, or folder of policy files
 * @param policyBackup folder that keeps the policy in force for a start on files that cannot be used
 * @param store where the counters live
 * @param backends what stands behind the gateway
 * @param auth how callers prove who they are
 * @param drain how the gateway stops
 * @param edge what the public port puts up with
 * @param signedUrls which addresses have to be signed
 * @param accessLog file that gets a line for each request that the limits have judged; {@code null} for none
 * @param accessLogKey what the pseudonyms in it are made with; {@code null} for something else at each start
 * @param warmUp requests of its own that the proxy serves before this node is ready
 */
@ConfigurationProperties(prefix = "headgate", ignoreUnknownFields = false)
public record HeadgateProperties(
        @Nullable String policy,
        @Nullable String policyBackup,
        @DefaultValue Store store,
        @DefaultValue Backends backends,
        @DefaultValue Auth auth,
        @DefaultValue Drain drain,
        @DefaultValue EdgeSettings edge,
        @DefaultValue SignedUrls signedUrls,
        @Nullable String accessLog,
        @Nullable String accessLogKey,
        @DefaultValue("500") int warmUp) {

    private static final int MOST_WARM_UP = 100_000;

    /** Requires a policy: without one nothing would be limited, and nobody would notice. */
    public HeadgateProperties {
        if (policy == null || policy.isBlank()) {
            throw new SettingRejected(
                    "headgate.policy", null, "a policy file or a folder of them, as in --headgate.policy=policies/");
        }
        if (warmUp < 0 || warmUp > MOST_WARM_UP) {
            throw new SettingRejected("headgate.warm-up", warmUp, "from 0 to " + MOST_WARM_UP);
        }
    }

    /**
     * The backends by the name that the policy's breakers use.
     *
     * @param upload tus uploads, under {@code /files}
     * @param feed the API, under {@code /api/feed}
     * @param playback HLS, under {@code /play}
     * @param zone where this gateway is; {@code null} if it does not matter
     * @param identityKeys file of the keys that sign who is calling; {@code null} if nothing is signed
     * @param connectTimeout how long opening a connection to an instance may take
     * @param healthInterval how often an instance is asked how it is
     */
    public record Backends(
            @DefaultValue BackendSettings upload,
            @DefaultValue BackendSettings feed,
            @DefaultValue BackendSettings playback,
            @Nullable String zone,
            @Nullable String identityKeys,
            @DefaultValue("2s") Duration connectTimeout,
            @DefaultValue("5s") Duration healthInterval) {

        /** Refuses an interval that would be no pause. */
        public Backends {
            if (healthInterval.compareTo(Duration.ofMillis(100)) < 0) {
                throw new SettingRejected("headgate.backends.health-interval", healthInterval, "at least 100 ms");
            }
        }
    }

    /**
     * How callers prove who they are. None is required: without them everybody is anonymous.
     *
     * @param apiKeys file of hashed API keys
     * @param jwt whose bearer tokens are accepted
     * @param certificateUser what names the user in the certificate of a client that presents nothing else; {@code null} if
     *     certificates name nobody
     * @param operatorKeys file of hashed API keys of those who may change something on the management port; {@code null} if
     *     nobody may
     */
    public record Auth(
            @Nullable String apiKeys,
            @Nullable Jwt jwt,
            @Nullable CertificateUser certificateUser,
            @Nullable String operatorKeys) {}

    /**
     * One issuer of bearer tokens.
     *
     * @param issuer exact value of the {@code iss} claim
     * @param audience what the {@code aud} claim must contain
     * @param jwkSetUri where its keys are published
     * @param trust PEM file of the authorities that may issue the certificate of that place; {@code null} for those Java
     *     trusts
     * @param revoked list of tokens that are refused all the same; {@code null} for none
     * @param algorithms signature algorithms that are accepted, whatever a token's header says
     * @param types values of {@code typ} that are accepted, {@code none} for tokens without one
     */
    public record Jwt(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable URI jwkSetUri,
            @Nullable String trust,
            @Nullable String revoked,
            @DefaultValue({"RS256", "ES256"}) List<String> algorithms,
            @DefaultValue({"at+jwt", "JWT", "none"}) List<String> types) {

        /** Requires all three parts: a token that is checked against only some of them is not checked. */
        public Jwt {
            required("issuer", issuer, "the exact value of the tokens' iss claim");
            required("audience", audience, "a value that the tokens' aud claim contains");
            required("jwk-set-uri", jwkSetUri, "the URL of the issuer's key set, as in https://issuer.example/jwks");
            if (types.isEmpty()) {
                throw new SettingRejected("headgate.auth.jwt.types", types, "at least one, as in at+jwt");
            }
        }

        private static void required(String name, @Nullable Object value, String expected) {
            if (value == null || value.toString().isBlank()) {
                throw new SettingRejected("headgate.auth.jwt." + name, null, expected);
            }
        }
    }

    /**
     * How the gateway stops.
     *
     * @param notice from the moment it is not ready any more until it takes no new connections
     */
    public record Drain(@DefaultValue("5s") Duration notice) {}

    /**
     * Where the counters live.
     *
     * @param type which store
     * @param redis settings of the {@code redis} store
     * @param hazelcast settings of the {@code hazelcast} store
     */
    public record Store(
            @DefaultValue("hazelcast") Type type,
            @DefaultValue Redis redis,
            @DefaultValue Hazelcast hazelcast) {

        /** The stores there are. */
        public enum Type {
            /** Members embedded in the gateways. */
            HAZELCAST,
            /** An external Redis. */
            REDIS,
            /** This process alone. */
            MEMORY
        }
    }

    /**
     * An external Redis.
     *
     * @param address {@code redis://host:port} or {@code rediss://host:port}; one server, the sentinels, or some
     *     nodes of the cluster
     * @param mode how the addresses are meant
     * @param master name of the master that the sentinels watch
     * @param username ACL user, {@code null} for the default one
     * @param password its password, {@code null} for none
     * @param tls for {@code rediss://} addresses
     */
    public record Redis(
            @DefaultValue("redis://localhost:6379") List<String> address,
            @DefaultValue("single") RedisConnections.Mode mode,
            @DefaultValue("mymaster") String master,
            @Nullable String username,
            @Nullable String password,
            @DefaultValue Tls tls) {}

    /**
     * TLS to Redis; PEM files.
     *
     * @param trust authorities that may issue the servers' certificates, {@code null} for those Java trusts
     * @param certificate this gateway's own, and its issuers, {@code null} for none
     * @param key its private key
     */
    public record Tls(
            @Nullable String trust,
            @Nullable String certificate,
            @Nullable String key) {}

    /**
     * This gateway as a member of the embedded Hazelcast cluster, or as a client of one.
     *
     * @param mode whether this gateway is a member itself
     * @param cluster name of the cluster; gateways of another name do not join
     * @param address the local address the other members reach this one at; loopback by default, or the address of the
     *     pod if a Kubernetes service is named
     * @param port where this member listens
     * @param members addresses of some members, as {@code host:port}; none means that this one founds a cluster
     * @param smallestCluster fewest members that decide together; a smaller part of a split cluster leaves it to each
     *     limit's on-store-failure
     * @param kubernetesService headless service whose addresses are the members; instead of {@code members}
     */
    public record Hazelcast(
            @DefaultValue("embedded") Mode mode,
            @DefaultValue("headgate") String cluster,
            @Nullable String address,
            @DefaultValue("5701") int port,
            @DefaultValue List<String> members,
            @DefaultValue("1") int smallestCluster,
            @Nullable String kubernetesService) {

        /** What this gateway is to the cluster. */
        public enum Mode {
            /** One of its members. */
            EMBEDDED,
            /** A client of members that run somewhere else. */
            CLIENT
        }

        /** Refuses what would be ignored: two ways of finding the members, and of a client what only members have. */
        public Hazelcast {
            if (mode == Mode.CLIENT && (address != null || smallestCluster > 1)) {
                throw new SettingRejected(
                        "headgate.store.hazelcast",
                        (address == null ? "smallest-cluster" : "address") + " is set in mode client",
                        "to be set where the members run");
            }
            if (kubernetesService != null && !members.isEmpty()) {
                throw new SettingRejected(
                        "headgate.store.hazelcast",
                        "both members and kubernetes-service are set",
                        "one of them, since either says how members find each other");
            }
        }
    }
}
