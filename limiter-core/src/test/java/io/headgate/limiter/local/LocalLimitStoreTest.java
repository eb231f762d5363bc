package io.headgate.limiter.local;

import io.headgate.limiter.testkit.Fleet;
import io.headgate.limiter.testkit.LimitStoreContract;
import io.headgate.limiter.testkit.LocalFleet;

class LocalLimitStoreTest extends LimitStoreContract {

    @Override
    protected Fleet openFleet() {
        return new LocalFleet(AlgorithmCounter::new, START);
    }
}
