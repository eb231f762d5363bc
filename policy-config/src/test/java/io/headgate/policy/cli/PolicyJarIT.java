package io.headgate.policy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The jar as its users run it: a process of its own, and nothing else on the class path. */
class PolicyJarIT {

    private record Run(int exitCode, String output) {}

    private static Run policy(String... args) throws IOException, InterruptedException {
        return policyFed("", args);
    }

    private static Run policyFed(String input, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", "target/policy.jar"));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream standardInput = process.getOutputStream()) {
            standardInput.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }

    @Test
    void itValidates() throws Exception {
        Run run = policy("validate", "policies");

        assertThat(run.output()).startsWith("policies: ok, ");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void itReadsAPolicyFromStandardInput() throws Exception {
        Run run = policyFed("apiVersion: limits/v1\nkind: Polcy\n", "validate", "-");

        assertThat(run.output().lines())
                .anyMatch(line -> line.startsWith("standard input:2:7: error bad-value: kind: Polcy"))
                .anyMatch(line -> line.startsWith("standard input: 2 errors"));
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void itHoldsThePolicyToItsTests() throws Exception {
        Run run = policy("test", "policies");

        assertThat(run.output()).endsWith(" passed, 0 failed" + System.lineSeparator());
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void itTellsProblemsFromWrongUsage() throws Exception {
        assertThat(policy("validate", "nowhere.yaml").exitCode()).isEqualTo(1);
        assertThat(policy("validate").exitCode()).isEqualTo(2);
    }

    @Test
    void itKnowsItsVersion() throws Exception {
        assertThat(policy("--version").output()).matches("headgate policy \\d+\\.\\d+\\.\\d+.*\\R");
    }
}
