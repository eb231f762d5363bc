package io.headgate.gateway.backend;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Which of several instances takes a request. */
enum Balance {
    /**
     * The less loaded of two that are drawn at random: close to the least loaded of all, without every gateway choosing
     * the same one at the same moment (Mitzenmacher, <i>The Power of Two Choices in Randomized Load Balancing</i>, 2001).
     */
    LEAST_LOADED {
        @Override
        Instance choose(List<Instance> candidates, String path) {
            int size = candidates.size();
            int first = ThreadLocalRandom.current().nextInt(size);
            int second = (first + 1 + ThreadLocalRandom.current().nextInt(size - 1)) % size;
            Instance one = candidates.get(first);
            Instance other = candidates.get(second);
            return one.underWay() <= other.underWay() ? one : other;
        }
    },

    /**
     * The same one for the same path, so that each keeps its own part of the content in its cache: the highest random
     * weight (Thaler and Ravishankar, 1998), unless that one has more than a few requests and than its share by a quarter,
     * then the next highest
     * (bounded loads: Mirrokni, Thorup and Zadimoghaddam, 2018). When an instance goes, only its own paths move.
     */
    BY_PATH {
        @Override
        Instance choose(List<Instance> candidates, String path) {
            int total = 1;
            for (Instance candidate : candidates) {
                total += candidate.underWay();
            }
            long share = (5L * total + 4L * candidates.size() - 1) / (4L * candidates.size());
            long most = Math.max(FEW, share);
            Instance best = null;
            long bestWeight = 0;
            for (Instance candidate : candidates) {
                long weight = weight(candidate, path);
                if (candidate.underWay() < most && (best == null || weight > bestWeight)) {
                    best = candidate;
                    bestWeight = weight;
                }
            }
            // One is below the average at least.
            return best == null ? candidates.get(0) : best;
        }
    };

    /** Requests under way at which an instance is not busy, whatever the others have. */
    private static final int FEW = 8;

    /**
     * Chooses.
     *
     * @param candidates two instances or more
     * @param path of the request
     */
    abstract Instance choose(List<Instance> candidates, String path);

    /** The two hashes mixed by the finaliser of SplitMix64, which spreads what {@code String.hashCode} does not. */
    private static long weight(Instance instance, String path) {
        long mixed = ((long) instance.name().hashCode() << 32) ^ path.hashCode();
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
