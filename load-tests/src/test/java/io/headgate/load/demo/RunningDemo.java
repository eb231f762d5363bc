package io.headgate.load.demo;

import io.headgate.load.ChildProcess;
import io.headgate.load.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The demo as a process of its own, as the launcher starts it. */
final class RunningDemo implements AutoCloseable {

    static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private final Process process;
    private final BufferedReader output;

    private RunningDemo(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /** One option for each port, all of them free. */
    static List<String> freePorts() throws IOException {
        List<String> options = new ArrayList<>();
        for (String name : List.of("server", "management.server", "upload", "feed", "playback")) {
            options.add("--" + name + ".port=" + Ports.anyFree());
        }
        return options;
    }

    static RunningDemo start(List<String> options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-Dheadgate.home=" + HOME,
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                System.getProperty("java.class.path"),
                Demo.class.getName()));
        arguments.addAll(options);
        return new RunningDemo(new ProcessBuilder(ChildProcess.java(arguments))
                .redirectErrorStream(true)
                .start());
    }

    /** What it prints until it says this, or ends. */
    String outputUntil(String text) throws IOException {
        StringBuilder printed = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.append(line).append('\n');
            if (line.contains(text)) {
                break;
            }
        }
        return printed.toString();
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    /** Asks it to stop as a service manager would; returns whether it did within so many seconds. */
    boolean terminate(int seconds) throws InterruptedException {
        process.destroy();
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
