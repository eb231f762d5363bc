package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.source.Code;
import io.headgate.policy.source.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps {@code docs/policy.md} true: its examples load, its messages are those of the loader, its codes are complete. */
class PolicyGuideTest {

    private static final Path GUIDE = Path.of("../docs/policy.md");
    private static final InstantSource WRITTEN = InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));
    private static final Pattern EXAMPLE =
            Pattern.compile("```yaml\\n(?<yaml>.*?)```(?:\\n\\n```text\\n(?<messages>.*?)```)?", Pattern.DOTALL);

    /** An example of the guide, and the messages that the guide shows for it. */
    record Example(String yaml, String messages) {
        /** Examples that are about one section leave out the head. */
        String policy() {
            return yaml.startsWith("apiVersion") ? yaml : "apiVersion: limits/v1\nkind: Policy\n" + yaml;
        }
    }

    static Stream<Example> examples() throws IOException {
        List<MatchResult> found =
                EXAMPLE.matcher(Files.readString(GUIDE)).results().toList();
        assertThat(found).hasSizeGreaterThan(8);
        return found.stream().map(match -> new Example(match.group(1), match.group(2) == null ? "" : match.group(2)));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleDoesWhatTheGuideSays(Example example) {
        LoadResult result = new PolicyLoader(WRITTEN).parse("policy.yaml", example.policy());

        List<Problem> problems = result instanceof LoadResult.Rejected rejected
                ? rejected.problems()
                : ((LoadResult.Loaded) result).warnings();
        assertThat(problems.stream().map(problem -> problem.render() + "\n").collect(Collectors.joining()))
                .isEqualTo(example.messages());
    }

    @Test
    void everyErrorCodeIsExplained() throws IOException {
        String guide = Files.readString(GUIDE);
        List<String> explained = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
                .matcher(guide.substring(guide.indexOf("## Error codes")))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(explained)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Code.values()).map(Code::toString).toList());
    }
}
