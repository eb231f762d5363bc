package io.headgate.load.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.headgate.load.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo with the gateway that the same build made: everything it tells people to try is tried. */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoIT {

    private static final String SEPARATOR = "-- next --\n";

    @TempDir
    private Path folder;

    private record Tried(String command, String output) {}

    @Test
    void whatTheDemoTellsPeopleToTryWorksAndNothingStaysBehind() throws Exception {
        assertThat(RunningDemo.HOME.resolve("gateway-app/target/gateway-app.jar"))
                .as("made by gateway-app's package phase: run ./mvnw verify")
                .exists();
        List<String> ports = RunningDemo.freePorts();
        try (RunningDemo demo = RunningDemo.start(ports)) {
            List<Tried> all = tryEverything(demo.outputUntil("/actuator/health'"));

            List<String> twice = outputs(all, "curl -i -H 'X-API-Key: demo-free-alice'");
            assertThat(twice).hasSize(2);
            assertThat(twice.get(0))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("RateLimit-Policy: ", "RateLimit: ", "X-RateLimit-Remaining: ");
            assertThat(output(all, "for i in")).startsWith("200 200 ").contains("429 ");
            assertThat(twice.get(1))
                    .startsWith("HTTP/1.1 429 Too Many Requests")
                    .containsIgnoringCase("retry-after: ")
                    .contains("application/problem+json", "quota-exceeded", "The free plan allows");

            assertThat(output(all, "curl -s -H 'X-API-Key: demo-free-alice'"))
                    .contains("\"plan\":\"free\"", "\"remaining\":");
            assertThat(output(all, "curl -s -H 'X-API-Key: demo-pro-bob'")).contains("\"plan\":\"pro\"");
            assertThat(output(all, "curl -i -X PATCH"))
                    .startsWith("HTTP/1.1 204")
                    .contains("Upload-Offset: 17");
            assertThat(output(all, "curl -I")).startsWith("HTTP/1.1 200").contains("Upload-Length: 17");
            assertThat(output(all, "curl -s 'http://localhost:" + port(ports.get(0)) + "/play"))
                    .startsWith("#EXTM3U");
            assertThat(output(all, "curl -N")).contains("event: item");
            assertThat(output(all, "curl -s 'http://localhost:" + port(ports.get(1)) + "/actuator/prometheus'"))
                    .contains("ratelimit_decisions_total");
            assertThat(output(all, "curl -s 'http://localhost:" + port(ports.get(1)) + "/actuator/health'"))
                    .contains("\"status\":\"UP\"");

            assertThat(demo.terminate(60)).isTrue();
        }
        for (String option : ports) {
            assertThatCode(() -> Ports.requireFree("0.0.0.0", port(option), "nobody", "nothing"))
                    .doesNotThrowAnyException();
        }
    }

    /** Runs every line that the guide indents by four, in one shell, as someone would who pastes them one by one. */
    private List<Tried> tryEverything(String guide) throws IOException, InterruptedException {
        List<String> commands = guide.lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .filter(line -> !line.contains("policy validate")) // the launcher might start a build inside this one
                .toList();
        String script = IntStream.range(0, commands.size())
                .mapToObj(at -> asWritten(commands, at))
                .collect(Collectors.joining("\nprintf '%s\\n' '" + SEPARATOR.strip() + "'\n"));
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("TMPDIR", folder.toString());
        Process shell = builder.start();
        String[] outputs =
                new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split(SEPARATOR, -1);
        shell.waitFor();
        assertThat(outputs).hasSameSizeAs(commands);
        return IntStream.range(0, outputs.length)
                .mapToObj(i -> new Tried(commands.get(i), outputs[i]))
                .toList();
    }

    /**
     * As a person would have it: who looks at a stream stops when an event is there, and who was slow enough for a token
     * to come back asks once more.
     */
    private static String asWritten(List<String> commands, int at) {
        String command = commands.get(at);
        if (command.startsWith("curl -N ")) {
            return command.replace("curl -N ", "curl -sN --max-time 60 ") + " | grep -m 1 'event: item'";
        } else if (command.startsWith("for i in")) {
            return "said=''; for again in $(seq 20); do said=\"$said$(" + command
                    + ")\"; case \"$said\" in *429*) break;; esac; done; printf '%s' \"$said\"";
        } else if (at > 0 && commands.get(at - 1).startsWith("for i in")) {
            return "for again in $(seq 50); do said=$(" + command
                    + "); case \"$said\" in 'HTTP/1.1 429'*) break;; esac; done; printf '%s' \"$said\"";
        }
        return command;
    }

    private static List<String> outputs(List<Tried> all, String start) {
        return all.stream()
                .filter(tried -> tried.command().startsWith(start))
                .map(Tried::output)
                .toList();
    }

    private static String output(List<Tried> all, String start) {
        return outputs(all, start).stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("the guide has no line that starts with " + start));
    }

    private static int port(String option) {
        return Integer.parseInt(option.substring(option.indexOf('=') + 1));
    }
}
