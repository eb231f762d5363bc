package io.headgate.gateway.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Fuzzes one target after the other, each in a JVM of its own, as Jazzer wants it. {@code Fuzz <seconds> <target>...} */
final class Fuzz {

    private static final String[] ENGINE = {
        ProcessHandle.current().info().command().orElse("java"),
        "-Xmx600m",
        "-XX:+UseSerialGC",
        // Jazzer takes what Netty does to memory for an attack.
        "-Dio.netty.noUnsafe=true",
        "-classpath",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--instrumentation_includes=io.headgate.**:com.nimbusds.**",
        "-max_len=1024",
        "-timeout=60",
        "-print_final_stats=1"
    };

    private Fuzz() {}

    public static void main(String... args) throws IOException, InterruptedException {
        for (String name : args[1].split(" ", -1)) {
            FuzzTarget target = FuzzTarget.valueOf(name.toUpperCase(Locale.ROOT));
            Path found = Files.createDirectories(Path.of("target/fuzz", name).toAbsolutePath());
            Path corpus = Files.createDirectories(found.resolve("corpus"));
            ProcessBuilder jazzer = new ProcessBuilder(ENGINE);
            jazzer.command()
                    .addAll(List.of(
                            "--target_class=" + target.className(),
                            "--reproducer_path=" + found,
                            "-artifact_prefix=" + found + "/",
                            "-max_total_time=" + args[0],
                            corpus.toString(),
                            target.seeds().toAbsolutePath().toString()));
            int ended = jazzer.inheritIO().start().waitFor();
            if (ended != 0) {
                throw new AssertionError(target + ": found something, see above and " + found);
            }
        }
    }
}
