package io.headgate.policy.report;

import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A SARIF log with one run: the codes that occur as its rules, the problems as its results. */
final class SarifReport {

    private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

    private SarifReport() {}

    static Map<String, Object> of(List<CheckedPolicy> policies) {
        List<Problem> problems = policies.stream()
                .flatMap(checked -> checked.problems().stream())
                .toList();
        List<String> codes = problems.stream().map(Problem::code).distinct().toList();
        List<Map<String, Object>> results = new ArrayList<>();
        for (Problem problem : problems) {
            results.add(result(problem, codes.indexOf(problem.code())));
        }
        Map<String, Object> driver = new LinkedHashMap<>();
        driver.put("name", "headgate policy validate");
        driver.put("rules", codes.stream().map(SarifReport::rule).toList());
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("tool", Map.of("driver", driver));
        // Columns are counted in code points all over.
        run.put("columnKind", "unicodeCodePoints");
        run.put("results", results);
        Map<String, Object> log = new LinkedHashMap<>();
        log.put("$schema", SCHEMA);
        log.put("version", "2.1.0");
        log.put("runs", List.of(run));
        return log;
    }

    private static Map<String, Object> rule(String code) {
        CodeHelp.Entry help = CodeHelp.shipped().of(code);
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("id", code);
        rule.put("shortDescription", Map.of("text", help.summary()));
        rule.put("help", Map.of("text", help.text(), "markdown", help.text()));
        return rule;
    }

    private static Map<String, Object> result(Problem problem, int rule) {
        Map<String, Object> physical = new LinkedHashMap<>();
        physical.put("artifactLocation", Map.of("uri", uri(problem.file())));
        if (problem.line() > 0) {
            Map<String, Object> region = new LinkedHashMap<>();
            region.put("startLine", problem.line());
            region.put("startColumn", problem.column());
            physical.put("region", region);
        }
        String advice = problem.suggestion() == null ? "" : "; did you mean: " + problem.suggestion();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("ruleId", problem.code());
        result.put("ruleIndex", rule);
        result.put("level", problem.severity() == Severity.ERROR ? "error" : "warning");
        result.put("message", Map.of("text", problem.message() + advice));
        result.put("locations", List.of(Map.of("physicalLocation", physical)));
        return result;
    }

    /** File names as relative references (RFC 3986, section 4.2); most need no escape. */
    private static String uri(String file) {
        return file.replace("\\", "/").replace("%", "%25").replace(" ", "%20").replace("#", "%23");
    }
}
