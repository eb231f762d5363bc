package io.headgate.limiter.redis;

import io.headgate.limiter.testkit.NodeLog;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link FaultNode}, and the log of what it says. */
final class NodeProcess {

    /** What is killed in the middle of a line has not said it. */
    private static final Pattern LINE = Pattern.compile("(\\d+) (\\d+) (ADMITTED|REFUSED|UNDECIDED)");

    private final Process process;
    private final Thread reading;
    private final AtomicInteger decisions = new AtomicInteger();

    private NodeProcess(Process process, NodeLog log) {
        this.process = process;
        this.reading = new Thread(() -> read(log), "node-" + process.pid());
    }

    static NodeProcess start(int redisPort, NodeLog log) throws IOException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FaultNode.class.getName(),
                        Integer.toString(redisPort))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        NodeProcess node = new NodeProcess(process, log);
        node.reading.start();
        return node;
    }

    private void read(NodeLog log) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher words = LINE.matcher(line);
                if (words.matches()) {
                    NodeLog.Verdict verdict = NodeLog.Verdict.valueOf(words.group(3));
                    log.saw(new NodeLog.Call(
                            FaultsTest.CALL, Long.parseLong(words.group(1)), Long.parseLong(words.group(2)), verdict));
                    if (verdict != NodeLog.Verdict.UNDECIDED) {
                        decisions.incrementAndGet();
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls that Redis has decided so far. */
    int decisions() {
        return decisions.get();
    }

    /** Ends it without a word, and waits for what it has said until then. */
    void kill() throws InterruptedException {
        // Process.destroyForcibly() would also close what it has said and nobody has read yet.
        process.toHandle().destroyForcibly();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("not killed");
        }
        reading.join();
    }
}
