package io.headgate.limiter.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.Partition;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Subject;
import io.headgate.limiter.testkit.SharedLimitStoreContract;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Real members of one cluster on loopback, all on a clock that the test turns. */
final class HazelcastFleet implements SharedLimitStoreContract.BreakableFleet {

    private static final AtomicInteger SUBJECTS = new AtomicInteger();

    private final AtomicLong nowMicros;
    private final String cluster;
    private final List<Integer> ports;
    private final List<HazelcastInstance> members = new ArrayList<>();
    private final List<LimitStore> stores = new ArrayList<>();

    HazelcastFleet(long nowMicros, int size) throws IOException {
        this.nowMicros = new AtomicLong(nowMicros);
        this.ports = freePorts(size);
        this.cluster = "test-" + ports.get(0);
        startAll();
    }

    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0);
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private void startAll() {
        ports.forEach(this::start);
    }

    private void start(int port) {
        HazelcastInstance member = member(port).start();
        setClock(member, nowMicros::get);
        members.add(member);
        stores.add(new HazelcastLimitStore(member));
    }

    HazelcastMember member(int port) {
        return new HazelcastMember(cluster, "127.0.0.1", port, discovery());
    }

    /** A client of this cluster. */
    HazelcastGuest guest() {
        return new HazelcastGuest(cluster, discovery());
    }

    private Discovery discovery() {
        return new Discovery.Members(
                ports.stream().map(each -> "127.0.0.1:" + each).toList());
    }

    static void setClock(HazelcastInstance member, LongSupplier nowMicros) {
        member.getUserContext().put(MemberClock.CONTEXT_KEY, nowMicros);
    }

    /** Puts every member back on the common clock. */
    void resetClocks(long nowMicros) {
        setMicros(nowMicros);
        members.forEach(member -> setClock(member, this.nowMicros::get));
    }

    /** A subject no other test uses, whose counters the member owns. */
    Subject subjectOn(int index) {
        HazelcastInstance member = members.get(index);
        while (true) {
            Subject subject = Subject.of("test", Integer.toString(SUBJECTS.incrementAndGet()));
            Partition partition = member.getPartitionService().getPartition(Calls.key(subject));
            if (member.getCluster().getLocalMember().equals(partition.getOwner())) {
                return subject;
            }
        }
    }

    /** Starts one more member, which nobody has heard of before. */
    void grow() throws IOException {
        start(freePorts(1).get(0));
    }

    int port(int index) {
        return ports.get(index);
    }

    HazelcastInstance instance(int index) {
        return members.get(index);
    }

    @Override
    public LimitStore node(int index) {
        return stores.get(index);
    }

    @Override
    public void setMicros(long nowMicros) {
        this.nowMicros.set(nowMicros);
    }

    @Override
    public void breakStore() {
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    @Override
    public void healStore() {
        members.clear();
        stores.clear();
        startAll();
    }

    @Override
    public void close() {
        breakStore();
    }
}
