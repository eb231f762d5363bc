package io.headgate.limiter.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Decision;
import io.headgate.limiter.Usage;
import io.headgate.limiter.local.AlgorithmCounter;
import io.headgate.limiter.local.LocalLimitStore;
import io.headgate.limiter.testkit.Fleet;
import io.headgate.limiter.testkit.LimitStoreContract;
import io.headgate.limiter.testkit.LocalFleet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** Behind the cache a store keeps its promises; a refusal from memory says less about it, and nothing else. */
class DenyCacheContractTest extends LimitStoreContract {

    private final List<DenyCacheLimitStore> caches = new ArrayList<>();

    @Override
    protected Fleet openFleet() {
        return new LocalFleet(START, clock -> {
            DenyCacheLimitStore cache = new DenyCacheLimitStore(
                    new LocalLimitStore(clock, AlgorithmCounter::new),
                    DenyCacheLimitStore.MAX_REFUSALS,
                    () -> clock.getAsLong() * 1_000);
            caches.add(cache);
            return cache;
        });
    }

    @Override
    protected void assertAnswers(Decision answer, Decision reference, String when) {
        if (answer instanceof Decision.Denied denied
                && (denied.usages().size() == 1
                        || denied.usages().size() < reference.usages().size())) {
            assertThat(reference).as(when).isInstanceOf(Decision.Denied.class);
            for (int position : denied.positions()) {
                Usage known = denied.usage(position).orElseThrow();
                Usage exact = reference.usage(position).orElseThrow();
                assertThat(known.waitMicros()).as(when).isPositive().isEqualTo(exact.waitMicros());
                assertThat(known.remaining()).as(when).isLessThanOrEqualTo(exact.remaining());
            }
        } else {
            super.assertAnswers(answer, reference, when);
        }
    }

    @AfterAll
    void the_cache_was_at_work() {
        assertThat(caches).extracting(DenyCacheLimitStore::hits).allMatch(hits -> hits > 100);
    }

    /** Refusals stand by the monotonic clock of the node. */
    @Override
    protected boolean followsAClockThatStepsBack() {
        return false;
    }
}
