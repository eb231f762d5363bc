package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file in {@code bad-values} is named by its defect and opens with the message that it must be refused with. */
class BadValuesTest {

    private static final String EXPECTED = "# expected: ";

    @ParameterizedTest
    @MethodSource("badValues")
    void is_refused_with_a_message_that_names_the_value(Path file) throws IOException {
        String first = Files.readAllLines(file).get(0);
        assertThat(first).startsWith(EXPECTED);
        assertThatThrownBy(() -> Chart.render(ValueSet.HAZELCAST.file(), file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(first.substring(EXPECTED.length()));
    }

    @Test
    void asks_for_what_has_no_default(@TempDir Path folder) throws IOException {
        Path nothing = Files.writeString(folder.resolve("values.yaml"), "{}");
        assertThatThrownBy(() -> Chart.render(nothing)).hasMessageContaining("backends.feed.uri is required");
    }

    static List<Path> badValues() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/bad-values"))) {
            return files.sorted().toList();
        }
    }
}
