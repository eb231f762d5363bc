package io.headgate.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LauncherTest {

    private static final Path LAUNCHER = Path.of("../headgate").toAbsolutePath().normalize();

    @TempDir
    private Path elsewhere;

    private record Ended(int exitCode, String output) {}

    private Ended run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(elsewhere.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    @Test
    void helpNamesEveryCommand() throws Exception {
        Ended help = run(Map.of(), "help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.output())
                .contains("  demo ", "  run ", "  policy ", "  keys ", "  load ", "  bench ", "  backends ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dmeo                      | there is no command dmeo
            load                      | load needs a simulation: SteadyState or Burst
            load Nothing              | there is no simulation Nothing (expected: SteadyState or Burst)
            load Burst --users=1      | load: --users=1 (expected: -Dkey=value)
            bench                     | bench: nothing named (expected: gateway, policy, auth, match, store, core, memory or fairness)
            """)
    void aMistakeIsNamedWithWhatWasExpected(String arguments, String message) throws Exception {
        Ended ended = run(Map.of(), arguments.split(" "));
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output()).contains(message);
    }

    @Test
    void aJavaThatIsTooOldIsNamed() throws Exception {
        Path java = Files.createDirectories(elsewhere.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        Ended ended = run(Map.of("JAVA_HOME", elsewhere.toString()), "policy", "--help");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).contains(java + " is Java 11: Headgate needs 17 or later");
    }

    @Test
    void aJavaHomeWithoutJavaIsNamed() throws Exception {
        Ended ended = run(Map.of("JAVA_HOME", elsewhere.toString()), "demo");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).contains("JAVA_HOME is " + elsewhere + ", but there is no bin/java in it");
    }
}
