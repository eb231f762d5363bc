package io.headgate.policy.report;

import io.headgate.policy.source.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The outcome as plain data. */
final class JsonReport {

    private JsonReport() {}

    static Map<String, Object> of(List<CheckedPolicy> policies, boolean strict) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("passes", policies.stream().allMatch(checked -> checked.passes(strict)));
        report.put(
                "policies",
                policies.stream().map(checked -> policy(checked, strict)).toList());
        return report;
    }

    private static Map<String, Object> policy(CheckedPolicy checked, boolean strict) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("policy", checked.name());
        entry.put("passes", checked.passes(strict));
        checked.policy().ifPresent(policy -> {
            entry.put("hash", policy.hash());
            entry.put("limits", policy.limitNames().size());
            entry.put("plans", policy.planNames().size());
            entry.put("routes", policy.routes().size());
        });
        entry.put(
                "problems", checked.problems().stream().map(JsonReport::problem).toList());
        return entry;
    }

    private static Map<String, Object> problem(Problem problem) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("severity", problem.severity().name().toLowerCase(Locale.ROOT));
        entry.put("code", problem.code());
        entry.put("file", problem.file());
        if (problem.line() > 0) {
            entry.put("line", problem.line());
            entry.put("column", problem.column());
        }
        entry.put("message", problem.message());
        if (problem.suggestion() != null) {
            entry.put("suggestion", problem.suggestion());
        }
        return entry;
    }
}
