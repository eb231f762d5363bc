package io.headgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever looks up the test that holds a promise finds it. */
class DocumentedTestsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** {@code package.Class.method_…}: package and method may be missing, and the end of a method stands for many. */
    private static final Pattern CLASS =
            Pattern.compile("`(?:(\\w+)\\.)?([A-Z]\\w*(?:Test|Contract|IT))(?:\\.(\\w+)…?)?`");

    /** {@code …method_…}, of whichever class. */
    private static final Pattern METHOD = Pattern.compile("`…?([a-z]\\w*_)…`|`…([a-z]\\w*)…?`");

    @ParameterizedTest
    @ValueSource(strings = {"docs/algorithms.md", "docs/failure-modes.md"})
    void every_test_that_is_named_exists(String page) throws IOException {
        Map<Path, String> tests = tests();
        String text = Files.readString(ROOT.resolve(page));
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Matcher named = CLASS.matcher(text); named.find(); found++) {
            String file = (named.group(1) == null ? "/" : "/" + named.group(1) + "/") + named.group(2) + ".java";
            String method = named.group(3) == null ? named.group(2) : "void " + named.group(3);
            if (tests.entrySet().stream()
                    .noneMatch(test -> test.getKey().toString().endsWith(file)
                            && test.getValue().contains(method))) {
                missing.add(named.group());
            }
        }
        for (Matcher named = METHOD.matcher(text); named.find(); found++) {
            String method = "void " + (named.group(1) == null ? named.group(2) : named.group(1));
            if (tests.values().stream().noneMatch(test -> test.contains(method))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).as("names on this page").isGreaterThan(20);
    }

    private static Map<Path, String> tests() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            List<Path> files = new ArrayList<>();
            for (Path folder : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> all = Files.walk(folder)) {
                    all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
                }
            }
            return files.stream().collect(Collectors.toMap(file -> file, DocumentedTestsTest::read));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read", e);
        }
    }
}
