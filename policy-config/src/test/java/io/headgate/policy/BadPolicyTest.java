package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file in {@code bad/} is named by its defect and has, beside it, all that is said about it. */
class BadPolicyTest {

    private static final Path FOLDER = Path.of("src/test/resources/io/headgate/policy/bad");
    private static final InstantSource TODAY = InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));

    static Stream<String> defects() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .sorted()
                    .toList();
            return names.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("defects")
    void isRejectedWithTheExpectedMessages(String file) throws IOException {
        LoadResult result = new PolicyLoader(TODAY).parse(file, Files.readString(FOLDER.resolve(file)));

        assertThat(result).isInstanceOf(LoadResult.Rejected.class);
        List<Problem> problems = ((LoadResult.Rejected) result).problems();
        assertThat(problems).extracting(Problem::severity).contains(Severity.ERROR);
        assertThat(problems.stream().map(Problem::render).collect(Collectors.joining("\n", "", "\n")))
                .isEqualTo(Files.readString(FOLDER.resolve(file.replace(".yaml", ".expected"))));
    }

    @Test
    void noExpectationIsWithoutItsFile() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".expected", ".yaml")))
                    .allSatisfy(name -> assertThat(FOLDER.resolve(name)).exists());
        }
    }
}
