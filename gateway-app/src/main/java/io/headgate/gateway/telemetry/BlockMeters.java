package io.headgate.gateway.telemetry;

import io.headgate.policy.match.BlockRule;
import io.headgate.policy.match.Target;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts requests of the block list as {@code ratelimit.blocked}, by what the list knows the caller by. */
public final class BlockMeters {

    private final Counter addresses;
    private final Counter tenants;
    private final Counter users;

    /** Counters in {@code registry}. */
    public BlockMeters(MeterRegistry registry) {
        this.addresses = counter("ip", registry);
        this.tenants = counter("tenant", registry);
        this.users = counter("user", registry);
    }

    private static Counter counter(String by, MeterRegistry registry) {
        return Counter.builder("ratelimit.blocked")
                .description("Requests turned away by the block list")
                .tag("by", by)
                .register(registry);
    }

    /** Counts one request that was turned away. */
    public void count(BlockRule block) {
        if (block.target() instanceof Target.User) {
            users.increment();
        } else if (block.target() instanceof Target.Tenant) {
            tenants.increment();
        } else {
            addresses.increment();
        }
    }
}
