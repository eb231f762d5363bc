package io.headgate.limiter.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.headgate.limiter.guard.LiveNodes;
import io.headgate.limiter.guard.Share;

/**
 * Who shares the quotas: the members of the cluster, as this one sees it, but never fewer than may decide together. The
 * smaller part of a split cluster has only its part of each quota to give, since the other part gives the whole.
 *
 * <p>Thread-safe.
 */
public final class HazelcastNodes implements LiveNodes {

    private final HazelcastInstance member;
    private final int fewest;
    private volatile Share last = Share.WHOLE;

    /**
     * @param member this node
     * @param fewest members that may decide together
     */
    public HazelcastNodes(HazelcastInstance member, int fewest) {
        this.member = member;
        this.fewest = fewest;
    }

    @Override
    public Share share() {
        try {
            last = current();
        } catch (HazelcastInstanceNotActiveException e) {
            // Shut down: what it last knew stays.
        }
        return last;
    }

    private Share current() {
        int index = 0;
        int nodes = 0;
        // Every member lists them in the order in which they joined.
        for (Member each : member.getCluster().getMembers()) {
            if (each.localMember()) {
                index = nodes;
            }
            nodes++;
        }
        return new Share(index, Math.max(nodes, fewest));
    }
}
