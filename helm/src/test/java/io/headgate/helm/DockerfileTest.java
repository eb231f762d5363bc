package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The image and the chart are written apart and must agree. */
class DockerfileTest {

    private static final Path REPOSITORY = Path.of("..");

    private final String dockerfile = read("Dockerfile");

    @Test
    void sends_to_the_builder_what_it_copies_and_nothing_else() {
        List<String> sent = read(".dockerignore")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertThat(sent.get(0)).isEqualTo("*");
        assertThat(sent.subList(1, sent.size()))
                .containsExactlyInAnyOrderElementsOf(groups("(?m)^COPY (?!--from)(\\S+)|source=([^,\\s]+)").stream()
                        .map(path -> "!" + path)
                        .toList());
    }

    @Test
    void carries_the_jar_that_the_build_makes() {
        assertThat(groups("(?m)^COPY (?!--from)(\\S+)")).containsExactly("gateway-app/target/gateway-app.jar");
    }

    @Test
    void opens_the_ports_of_the_chart() {
        assertThat(groups("(?m)^EXPOSE (.*)"))
                .singleElement()
                .satisfies(ports -> assertThat(ports.split(" ", -1))
                        .containsExactlyElementsOf(ValueSet.HAZELCAST.render().gateway().getPorts().stream()
                                .map(ContainerPort::getContainerPort)
                                .map(String::valueOf)
                                .toList()));
    }

    @Test
    void runs_as_the_user_of_the_chart() {
        var security = ValueSet.HAZELCAST.render().pod().getSecurityContext();
        assertThat(groups("(?m)^USER (.*)")).containsExactly(security.getRunAsUser() + ":" + security.getRunAsGroup());
    }

    @Test
    void trains_and_starts_the_same_cache_with_the_collector_of_the_chart() {
        assertThat(groups("-XX:AOTCacheOutput=([^\\s\"]+)")).isEqualTo(groups("-XX:AOTCache=([^\\s\"]+)"));
        String options = ValueSet.HAZELCAST.render().gateway().getEnv().get(0).getValue();
        assertThat(groups("(-XX:\\+Use\\w+GC)"))
                .singleElement()
                .satisfies(collector -> assertThat(options).contains(collector));
    }

    private List<String> groups(String pattern) {
        return Pattern.compile(pattern)
                .matcher(dockerfile)
                .results()
                .map(DockerfileTest::firstGroup)
                .toList();
    }

    private static String firstGroup(MatchResult match) {
        return Objects.requireNonNullElseGet(match.group(1), () -> match.group(2));
    }

    private static String read(String name) {
        try {
            return Files.readString(REPOSITORY.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
