package io.headgate.load.bench.store;

import com.sun.management.OperatingSystemMXBean;
import io.headgate.load.bench.BenchRedis;
import java.lang.management.ManagementFactory;

/**
 * What has been spent so far. Processor time says more than the clock on a machine that others work on too.
 *
 * @param scripts that Redis ran
 * @param redisMicros processor time of Redis
 * @param ownMicros processor time of this process
 */
record Spent(long scripts, double redisMicros, double ownMicros) {

    static Spent now(BenchRedis redis) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Spent(redis.scriptCalls(), redis.cpuMicros(), system.getProcessCpuTime() / 1e3);
    }

    StoreResults.Round since(Spent before, ClosedLoop.Outcome outcome, double bytesPerKey) {
        double decisions = outcome.decided();
        return new StoreResults.Round(
                outcome.perSecond(),
                (scripts - before.scripts) / decisions,
                (redisMicros - before.redisMicros) / decisions,
                (ownMicros - before.ownMicros) / decisions,
                bytesPerKey);
    }
}
