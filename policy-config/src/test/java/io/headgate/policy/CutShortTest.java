package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.Problems;
import io.headgate.policy.source.SourceFile;
import io.headgate.policy.source.Value;
import io.headgate.policy.source.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that somebody has only copied a part of, or that are still being written. */
class CutShortTest {

    private static final Path EXAMPLE = Path.of("src/test/resources/io/headgate/policy/example/public-api.yaml");

    private final PolicyLoader loader = new PolicyLoader(InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z")));

    @Test
    void cutAtAnyByteThePolicyIsRefusedOrSaysNothingThatTheWholeDoesNotSay() throws IOException {
        byte[] bytes = Files.readAllBytes(EXAMPLE);
        String text = new String(bytes, StandardCharsets.UTF_8);
        PolicySet whole = loaded(text);
        Value wholeTree = tree(text);
        int loaded = 0;
        for (int length = 0; length < bytes.length; length++) {
            String cut = new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
            if (loader.parse("cut.yaml", cut) instanceof LoadResult.Loaded part) {
                loaded++;
                assertThat(part.policy().limitNames()).isEqualTo(whole.limitNames());
                assertThat(part.policy().planNames()).isEqualTo(whole.planNames());
                assertThat(isPartOf(tree(cut), wholeTree))
                        .as("cut after %d bytes", length)
                        .isTrue();
            }
        }
        assertThat(loaded).as("cuts that load").isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"percent: 1", "percent: 1 ", "mode: enforce # and", "when: |\n    daily", "{ percent: 1"})
    void aValueAtTheEndOfTheFileIsWholeOnlyIfSomethingEndsIt(String end) {
        Problems problems = new Problems();
        var unused = YamlReader.read(new SourceFile("cut.yaml", "rollouts:\n  " + end), problems);

        assertThat(problems.hasErrors()).isEqualTo(!end.contains("#"));
    }

    private PolicySet loaded(String text) {
        return loader.parse("whole.yaml", text) instanceof LoadResult.Loaded whole
                ? whole.policy()
                : fail("the whole is no policy");
    }

    private static Value tree(String text) {
        return YamlReader.read(new SourceFile("tree.yaml", text), new Problems())
                .orElseThrow();
    }

    private static boolean isPartOf(Value part, Value whole) {
        if (part instanceof Value.Mapping cut && whole instanceof Value.Mapping all) {
            Map<String, Value.Entry> values = all.entries().stream()
                    .collect(Collectors.toMap(entry -> entry.key().text(), Function.identity()));
            return cut.entries().stream()
                    .allMatch(entry -> values.containsKey(entry.key().text())
                            && isPartOf(
                                    entry.value(),
                                    values.get(entry.key().text()).value()));
        }
        if (part instanceof Value.Sequence cut && whole instanceof Value.Sequence all) {
            List<Value> items = cut.items();
            return items.size() <= all.items().size()
                    && IntStream.range(0, items.size())
                            .allMatch(i -> isPartOf(items.get(i), all.items().get(i)));
        }
        return part instanceof Value.Scalar cut
                && whole instanceof Value.Scalar all
                && cut.text().equals(all.text());
    }
}
