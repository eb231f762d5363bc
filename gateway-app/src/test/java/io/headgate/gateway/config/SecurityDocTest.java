package io.headgate.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The threats that SECURITY.md says are met are met by tests that exist. */
class SecurityDocTest {

    private static final Path HOME = Path.of("..");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| [^|]*\\| [^|]+\\| [^|]+\\| ([^|]+) \\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT|Fuzz))(?:\\.(\\w+))?`");
    private static final Pattern CORPUS = Pattern.compile("`(hostile/[\\w.]+)`");

    @Test
    void eachThreatNamesTestsThatExist() throws IOException {
        String page = Files.readString(HOME.resolve("SECURITY.md"));
        List<String> shown = ROW.matcher(page)
                .results()
                .map(row -> row.group(1))
                .filter(cell -> !cell.equals("shown by") && !cell.startsWith("--"))
                .toList();
        assertThat(shown)
                .hasSizeGreaterThan(20)
                .allMatch(cell -> TEST.matcher(cell).find());
        List<Path> tests = tests();
        for (MatchResult named : TEST.matcher(page).results().toList()) {
            String source = Files.readString(tests.stream()
                    .filter(test -> test.endsWith(named.group(1) + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no test " + named.group(1))));
            if (named.group(2) != null) {
                assertThat(source).as(named.group(1)).contains(" " + named.group(2) + "(");
            }
        }
        assertThat(CORPUS.matcher(page).results().map(corpus -> corpus.group(1)))
                .allMatch(corpus -> Files.exists(Path.of("src/test/resources", corpus)));
    }

    private static List<Path> tests() throws IOException {
        try (Stream<Path> files = Files.walk(HOME, 20)) {
            return files.filter(file -> file.toString().contains("/src/test/java/"))
                    .filter(Files::isRegularFile)
                    .toList();
        }
    }
}
