package io.headgate.load.bench.policy;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From the facts of a request to what it has to fit: a thousand paths in random order, each asked for by a user of its own. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+UseG1GC"})
public class MatchBenchmark {

    @Param
    private PolicySize size = PolicySize.SMALL;

    /** Set by {@link #prepare}, which JMH calls first. */
    @SuppressWarnings("NullAway.Init")
    private PolicySet policy;

    private final List<RequestFacts> requests = new ArrayList<>();
    private int next;

    @Setup
    public void prepare() {
        if (!(new PolicyLoader().parse("bench.yaml", size.policy()) instanceof LoadResult.Loaded loaded)) {
            throw new IllegalStateException("the policy of size " + size + " cannot be loaded");
        }
        policy = loaded.policy();
        for (String path : PolicySize.paths()) {
            int number = requests.size();
            IpAddress ip = IpAddress.parse("192.0." + number / 250 + "." + (1 + number % 250))
                    .orElseThrow();
            requests.add(new RequestFacts("GET", path, ip, new Caller("user-" + number, null, "bench")));
        }
        Collections.shuffle(requests, new Random(4));
    }

    @Benchmark
    public LimitPlan match() {
        next = next + 1 == requests.size() ? 0 : next + 1;
        return policy.match(requests.get(next));
    }
}
