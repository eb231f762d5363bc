package io.headgate.limiter.faults;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.testkit.NodeLog;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JVM that runs {@link NodeLoop}, and the log of what it says. */
final class NodeProcess {

    /** What is killed in the middle of a line has not said it. */
    private static final Pattern LINE =
            Pattern.compile("(\\d+) (\\d+) (\\d+) (ADMITTED|REFUSED|UNDECIDED) (STORE|LOCAL|-) (\\d+)");

    private final Process process;
    private final Thread reading;
    private final AtomicInteger undecided = new AtomicInteger();
    private final AtomicLong lastByStore = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong lastByNode = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong lastUndecided = new AtomicLong(Long.MIN_VALUE);
    private final Queue<Alone> alone = new ConcurrentLinkedQueue<>();
    private volatile int fleet;

    /**
     * What this node admitted by its own part of a limit.
     *
     * @param call which of the calls
     * @param sentMicros when it was sent
     * @param receivedMicros when it was answered
     */
    record Alone(int call, long sentMicros, long receivedMicros) {}

    private NodeProcess(Process process, NodeLog log, List<List<Charge>> calls) {
        this.process = process;
        this.reading = new Thread(() -> read(log, calls), "node-" + process.pid());
    }

    /** @param launcher what the command line begins with, such as a network namespace to enter */
    static NodeProcess start(List<String> launcher, Class<?> main, List<String> arguments, Traffic traffic, NodeLog log)
            throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                traffic.name()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        NodeProcess node = new NodeProcess(process, log, traffic.calls());
        node.reading.start();
        return node;
    }

    private void read(NodeLog log, List<List<Charge>> calls) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher words = LINE.matcher(line);
                if (words.matches()) {
                    said(words, log, calls);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void said(Matcher words, NodeLog log, List<List<Charge>> calls) {
        int call = Integer.parseInt(words.group(1));
        long sent = Long.parseLong(words.group(2));
        long received = Long.parseLong(words.group(3));
        NodeLog.Verdict verdict = NodeLog.Verdict.valueOf(words.group(4));
        fleet = Integer.parseInt(words.group(6));
        if (verdict == NodeLog.Verdict.UNDECIDED) {
            undecided.incrementAndGet();
            lastUndecided.accumulateAndGet(sent, Math::max);
        }
        if (words.group(5).equals(Decision.Source.LOCAL.name())) {
            lastByNode.accumulateAndGet(sent, Math::max);
            if (verdict == NodeLog.Verdict.ADMITTED) {
                alone.add(new Alone(call, sent, received));
            }
            return;
        }
        log.saw(new NodeLog.Call(calls.get(call), sent, received, verdict));
        if (verdict != NodeLog.Verdict.UNDECIDED) {
            lastByStore.accumulateAndGet(sent, Math::max);
        }
    }

    /** Calls that nobody has decided so far. */
    int undecided() {
        return undecided.get();
    }

    /** When the last call was sent that the store has decided, in microseconds of this machine's clock. */
    long lastByStore() {
        return lastByStore.get();
    }

    /** When the last call was sent that this node has decided alone. */
    long lastByNode() {
        return lastByNode.get();
    }

    /** When the last call was sent that nobody has decided. */
    long lastUndecided() {
        return lastUndecided.get();
    }

    /** How many nodes this one knows of, itself among them; 0 if it has not said anything yet. */
    int fleet() {
        return fleet;
    }

    /** What it has admitted alone so far. */
    List<Alone> alone() {
        return List.copyOf(alone);
    }

    /** Ends it without a word, and waits for what it has said until then. */
    void kill() {
        // Process.destroyForcibly() would also close what it has said and nobody has read yet.
        process.toHandle().destroyForcibly();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new AssertionError("not killed");
            }
            reading.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
