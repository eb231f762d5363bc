package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LogLinesDocTest {

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** Cells of the rows of one table of the manual. */
    private static List<String[]> rows() throws IOException {
        String manual = Files.readString(Path.of("../docs/gateway.md"));
        String section = manual.split("## Lines in the log\n", 2)[1].split("\n## ", 2)[0];
        return section.lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| what changes"))
                .map(line -> line.split("\\|", -1))
                .toList();
    }

    private static List<String> quotedIn(int column) throws IOException {
        return rows().stream()
                .flatMap(row -> QUOTED.matcher(row[column]).results().map(found -> found.group(1)))
                .toList();
    }

    /** With texts that are split over lines put together again. */
    private static String sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(LogLinesDocTest::text)
                    .map(text -> text.replaceAll("\"\\s*\\+ \"", ""))
                    .collect(Collectors.joining());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatTheManualSaysIsLogged() throws IOException {
        String sources = sources();
        assertThat(quotedIn(2))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(sources).contains(line));
    }

    @Test
    void everyLineThatComesBackIsInTheManual() throws IOException {
        List<String> recurring = Pattern.compile("new RecurringLog\\([^\";]*\"(?:: )?([^\"]+)\"")
                .matcher(sources())
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        assertThat(recurring).isNotEmpty().isSubsetOf(quotedIn(2));
    }

    @Test
    void everyChangeThatIsLoggedHasAMeterThatIsExplained() throws IOException {
        String manual = Files.readString(Path.of("../docs/gateway.md"));
        assertThat(quotedIn(3))
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(manual).contains("\n| `" + meter + "` |"));
    }
}
