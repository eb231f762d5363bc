package io.headgate.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program that runs as long as this one needs it. What it prints goes to a file.
 *
 * <p>Thread-safe.
 */
public final class ChildProcess implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(100);
    private static final int LINES_SHOWN = 40;

    private final String name;
    private final Path log;
    private final Process process;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** A child ended, or did not get ready in time; the message shows the end of its log. */
    public static final class Failed extends Exception {

        private static final long serialVersionUID = 1;

        private Failed(String message) {
            super(message);
        }
    }

    /**
     * Starts a program.
     *
     * @param name what messages call it, such as {@code the gateway}
     * @param log where its output goes; what was there is replaced
     * @param command program and arguments
     */
    public static ChildProcess start(String name, Path log, List<String> command) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ChildProcess(name, log, process);
    }

    /** Command line of the Java that runs this program, with these arguments. */
    public static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return command;
    }

    /**
     * Waits until the child answers 200.
     *
     * @throws Failed if it ends before, or does not within {@code timeout}
     */
    public void awaitOk(URI uri, Duration timeout) throws Failed, IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
        long deadline = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            if (process.waitFor(BETWEEN_POLLS.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Failed(name + " ended with exit code " + process.exitValue() + ". " + endOfLog());
            }
        }
        throw new Failed(name + " was not ready after " + timeout.toSeconds() + " s (" + uri + "). " + endOfLog());
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log);
        int from = Math.max(0, lines.size() - LINES_SHOWN);
        return "The end of " + log + ":\n\n" + String.join("\n", lines.subList(from, lines.size()));
    }

    /** How long processors have worked for the child so far; zero if the system does not tell. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Number by which the system knows it. */
    public long pid() {
        return process.pid();
    }

    /** Completes with the exit code. */
    public CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Asks the child to stop, and does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Ends the child on the spot, without its knowing, and waits until it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks the child to stop, and makes it stop if it takes too long. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                // Waited for as well: its ports are not free before it is gone.
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
