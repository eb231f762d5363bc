package io.headgate.gateway.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What fuzzing begins with, and what it has found, holds in every build. */
class FuzzSeedsTest {

    @ParameterizedTest
    @EnumSource
    void seedsHold(FuzzTarget target) throws Exception {
        List<Path> seeds = seeds(target);
        assertThat(seeds).isNotEmpty();
        for (Path seed : seeds) {
            try {
                target.take(Files.readAllBytes(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(seed.toString(), e);
            }
        }
    }

    private static List<Path> seeds(FuzzTarget target) throws IOException {
        try (Stream<Path> files = Files.list(target.seeds())) {
            return files.sorted().toList();
        }
    }
}
