package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.testkit.SharedLimitStoreContract;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Two clients of a cluster of two members. */
final class HazelcastGuestFleet implements SharedLimitStoreContract.BreakableFleet {

    private final HazelcastFleet members;
    private final List<HazelcastInstance> clients = new ArrayList<>();
    private final List<LimitStore> stores = new ArrayList<>();

    HazelcastGuestFleet(long nowMicros) throws IOException {
        members = new HazelcastFleet(nowMicros, 2);
        for (int i = 0; i < 2; i++) {
            HazelcastInstance client = members.guest().start();
            clients.add(client);
            stores.add(new HazelcastLimitStore(client));
        }
        Charge charge =
                Calls.charge("first", Subject.of("test", "guest"), new SlidingWindow(1, Duration.ofMinutes(1)), 1);
        for (LimitStore store : stores) {
            Calls.eventually(() -> Calls.join(store.peek(List.of(charge))));
        }
    }

    @Override
    public LimitStore node(int index) {
        return stores.get(index);
    }

    @Override
    public void setMicros(long nowMicros) {
        members.setMicros(nowMicros);
    }

    @Override
    public void breakStore() {
        members.breakStore();
    }

    @Override
    public void healStore() {
        members.healStore();
    }

    @Override
    public void close() {
        clients.forEach(HazelcastInstance::shutdown);
        members.close();
    }
}
