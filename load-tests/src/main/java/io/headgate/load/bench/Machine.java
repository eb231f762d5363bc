package io.headgate.load.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * Where and when something was measured.
 *
 * @param processor its model, if the system tells
 * @param cores processors that Java sees
 * @param system operating system and its version
 * @param java virtual machine and its version
 * @param redis version of Redis
 * @param date when the measurement began
 */
public record Machine(String processor, int cores, String system, String java, String redis, String date) {

    /** This machine, now. */
    public static Machine here(String redis) {
        return new Machine(
                model(),
                Runtime.getRuntime().availableProcessors(),
                property("os.name") + " " + property("os.version") + " " + property("os.arch"),
                property("java.vm.name") + " " + property("java.runtime.version"),
                redis,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    private static String model() {
        Path cpus = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(cpus)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(cpus)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
