package io.headgate.policy.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.lint.PolicyLint;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The help on a code shows the code: its first example has that problem, and its second one no problem at all. */
class CodeHelpTest {

    private static final Pattern EXAMPLE = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

    private static List<String> codesOf(String yaml) {
        PolicyText text = PolicyText.of("policy.yaml", "apiVersion: limits/v1\nkind: Policy\n" + yaml);
        LoadResult result = new PolicyLoader().load(text);
        List<Problem> problems = new ArrayList<>();
        if (result instanceof LoadResult.Loaded loaded) {
            problems.addAll(loaded.warnings());
            problems.addAll(PolicyLint.of(text, loaded.policy().rules()));
        } else {
            problems.addAll(((LoadResult.Rejected) result).problems());
        }
        return problems.stream()
                .map(Problem::code)
                .filter(code -> !code.equals(Code.NO_TRUSTED_PROXIES.toString()) || yaml.contains("flood"))
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Code.class)
    void eachCodeIsExplainedByExamplesThatHaveItAndDoNot(Code code) {
        CodeHelp.Entry help = CodeHelp.shipped().of(code.toString());

        assertThat(help.summary()).endsWith(".").doesNotContain("\n");
        List<String> examples = EXAMPLE.matcher(help.text())
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        if (!examples.isEmpty()) {
            assertThat(examples).hasSize(2);
            assertThat(codesOf(examples.get(0))).containsExactly(code.toString());
            assertThat(codesOf(examples.get(1))).isEmpty();
        }
    }
}
