package io.headgate.limiter.redis;

import io.headgate.limiter.testkit.Fleet;
import io.headgate.limiter.testkit.SharedLimitStoreContract;

class RedisClusterLimitStoreTest extends SharedLimitStoreContract {

    @Override
    protected Fleet openFleet() throws Exception {
        return new RedisClusterFleet(START);
    }

    @Override
    protected BreakableFleet openBreakableFleet() throws Exception {
        return new RedisClusterFleet(START);
    }
}
