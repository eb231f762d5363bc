package io.headgate.limiter.bucket4j;

import io.headgate.limiter.testkit.Fleet;
import io.headgate.limiter.testkit.LimitStoreContract;
import io.headgate.limiter.testkit.LocalFleet;

/** Bucket4j as the oracle: on every schedule of the contract it agrees with our token bucket to the microsecond. */
class Bucket4jCounterTest extends LimitStoreContract {

    @Override
    protected Fleet openFleet() {
        return new LocalFleet(Bucket4jCounter::of, START);
    }

    /** Bucket4j's clock runs on with every look at it. */
    @Override
    protected boolean followsAClockThatStepsBack() {
        return false;
    }
}
