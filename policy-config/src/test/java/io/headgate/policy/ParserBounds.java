package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headgate.policy.lint.PolicyLint;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What reading a policy never does, whatever somebody has written into it: throw, be refused without a reason, take more than
 * 100 ms or 16 MiB. Not thread-safe.
 */
final class ParserBounds {

    private static final long MOST_NANOS = 100_000_000;
    private static final long MOST_BYTES = 16 << 20;
    private static final int MOST_TRIES = 8;

    private final PolicyLoader loader = new PolicyLoader(InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z")));
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private record Cost(long nanos, long bytes) {}

    void holdFor(byte[] policy) {
        String text = new String(policy, StandardCharsets.UTF_8);
        Cost cost = cost(text);
        // What the compilers and class loading add comes once; what the text costs comes each time.
        for (int tries = 1; tries < MOST_TRIES && !fits(cost); tries++) {
            cost = cost(text);
        }
        assertThat(cost.nanos()).describedAs("nanoseconds for: %s", text).isLessThanOrEqualTo(MOST_NANOS);
        assertThat(cost.bytes()).describedAs("bytes for: %s", text).isLessThanOrEqualTo(MOST_BYTES);
    }

    private static boolean fits(Cost cost) {
        return cost.nanos() <= MOST_NANOS && cost.bytes() <= MOST_BYTES;
    }

    private Cost cost(String text) {
        long thread = Thread.currentThread().getId();
        long bytes = threads.getThreadAllocatedBytes(thread);
        // Time on the processor, which a busy machine does not stretch.
        long nanos = threads.getCurrentThreadCpuTime();
        validate(PolicyText.of("fuzzed.yaml", text));
        return new Cost(threads.getCurrentThreadCpuTime() - nanos, threads.getThreadAllocatedBytes(thread) - bytes);
    }

    /** All that {@code policy validate} does with it. */
    private void validate(PolicyText text) {
        LoadResult result = loader.load(text);
        if (result instanceof LoadResult.Loaded loaded) {
            PolicyLint.of(text, loaded.policy().rules()).forEach(ParserBounds::show);
        } else if (result instanceof LoadResult.Rejected rejected) {
            assertThat(rejected.problems()).isNotEmpty();
            rejected.problems().forEach(ParserBounds::show);
        }
    }

    private static void show(Problem problem) {
        assertThat(problem.render()).isNotBlank();
    }
}
