package io.headgate.limiter.hazelcast;

import io.headgate.limiter.testkit.Fleet;
import io.headgate.limiter.testkit.SharedLimitStoreContract;

class HazelcastLimitStoreTest extends SharedLimitStoreContract {

    @Override
    protected Fleet openFleet() throws Exception {
        return new HazelcastFleet(START, 2);
    }

    @Override
    protected BreakableFleet openBreakableFleet() throws Exception {
        return new HazelcastFleet(START, 2);
    }
}
