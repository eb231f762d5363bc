package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.guard.Heartbeat;
import io.headgate.limiter.guard.LiveNodes;
import io.headgate.limiter.guard.Share;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Who shares the cluster as a client: every node notes its heartbeat in a map, whose entries end by themselves, and reads
 * its own place and how many others there are. Without an answer the last one stays.
 *
 * <p>Thread-safe. {@link #close()} stops the heartbeat; the client stays the caller's to shut down.
 */
public final class HazelcastGuestNodes implements LiveNodes, AutoCloseable {

    static final String MAP = "headgate.nodes";

    private final HazelcastInstance client;
    private final String id = UUID.randomUUID().toString();
    private final Heartbeat heartbeat;
    private volatile Share share = Share.WHOLE;

    /** Starts the heartbeat. */
    public HazelcastGuestNodes(HazelcastInstance client) {
        this.client = client;
        this.heartbeat = new Heartbeat("hazelcast-nodes", this::beat);
    }

    @Override
    public Share share() {
        return share;
    }

    /** Waits for its answers, on a thread that has nothing else to do. */
    private void beat() {
        try {
            var nodes = client.<String, Boolean>getMap(MAP);
            nodes.set(id, true, Heartbeat.SILENCE.toMillis(), TimeUnit.MILLISECONDS);
            List<String> all = nodes.keySet().stream().sorted().toList();
            share = new Share(Math.max(0, all.indexOf(id)), Math.max(1, all.size()));
        } catch (RuntimeException unanswered) {
            // The breaker around the store says that there is none; here the last count stays.
        }
    }

    @Override
    public void close() {
        heartbeat.close();
    }
}
