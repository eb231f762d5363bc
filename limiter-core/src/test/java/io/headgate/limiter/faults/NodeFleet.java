package io.headgate.limiter.faults;

import io.headgate.limiter.testkit.AdmissionOracle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;

/** Nodes under load, each in a process of its own, and an oracle that hears what the store admits through them. */
public final class NodeFleet implements AutoCloseable {

    private static final Duration LONGEST_START = Duration.ofMinutes(1);

    private final AdmissionOracle oracle = new AdmissionOracle();
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final Class<?> main;
    private final Traffic traffic;

    /** @param main runs {@link NodeLoop}, told by its first argument which traffic to make */
    public NodeFleet(Class<?> main, Traffic traffic) {
        this.main = main;
        this.traffic = traffic;
    }

    /** Starts one more node. */
    public void start(List<String> launcher, List<String> arguments) throws IOException {
        nodes.add(NodeProcess.start(launcher, main, arguments, traffic, oracle.node()));
    }

    /** Ends the node that has been there for the longest, without a word. */
    public void killOldest() {
        nodes.remove(0).kill();
    }

    /** Waits until the store has decided for every node. */
    public void awaitStart() {
        awaitDecisions(LONGEST_START);
    }

    /** Waits until every node knows of all of them. */
    public void awaitAcquaintance() {
        await(
                "every node knows the others",
                LONGEST_START,
                () -> nodes.stream().allMatch(node -> node.fleet() == nodes.size()));
    }

    /** Waits until the store has decided once more for every node. */
    public void awaitDecisions(Duration atMost) {
        awaitSent("decided by the store", atMost, nodes, NodeProcess::lastByStore);
    }

    /** The same for the first nodes only. */
    public void awaitDecisions(Duration atMost, int first) {
        awaitSent("decided by the store", atMost, nodes.subList(0, first), NodeProcess::lastByStore);
    }

    /** Waits until every node has decided once more without the store. */
    public void awaitNodesAlone(Duration atMost) {
        awaitSent("decided alone", atMost, nodes, NodeProcess::lastByNode);
    }

    /** Waits until the last node has once more decided alone. */
    public void awaitLastAlone(Duration atMost) {
        awaitSent("decided alone", atMost, nodes.subList(nodes.size() - 1, nodes.size()), NodeProcess::lastByNode);
    }

    /** Waits until the last node has once more been left without a decision. */
    public void awaitLastUndecided(Duration atMost) {
        awaitSent("undecided", atMost, nodes.subList(nodes.size() - 1, nodes.size()), NodeProcess::lastUndecided);
    }

    /** A call that is sent from now on: what is said late of earlier ones does not count. */
    private static void awaitSent(
            String what, Duration atMost, List<NodeProcess> nodes, ToLongFunction<NodeProcess> last) {
        long now = System.nanoTime() / 1_000;
        await(what, atMost, () -> nodes.stream().allMatch(node -> last.applyAsLong(node) > now));
    }

    private static void await(String what, Duration atMost, BooleanSupplier condition) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + atMost + ": " + what);
            }
            Pause.of(Duration.ofMillis(1));
        }
    }

    /** What nobody has decided so far. */
    public int undecided() {
        return nodes.stream().mapToInt(NodeProcess::undecided).sum();
    }

    /** What the nodes admitted without the store, of one of the calls, between two moments of this machine's clock. */
    public long admittedAlone(int call, long fromNanos, long untilNanos) {
        return nodes.stream()
                .flatMap(node -> node.alone().stream())
                .filter(each -> each.call() == call)
                .filter(each -> each.sentMicros() >= fromNanos / 1_000 && each.receivedMicros() <= untilNanos / 1_000)
                .count();
    }

    /** Ends the load, and holds everything that the store admitted against the limits. */
    public void stopAndCheck() {
        stop();
        oracle.checkAdmissions();
    }

    private void stop() {
        for (NodeProcess node : nodes) {
            node.kill();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
