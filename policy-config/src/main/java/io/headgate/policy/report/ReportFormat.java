package io.headgate.policy.report;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** How the outcome of a check is written. */
public enum ReportFormat {
    /** For people. */
    TEXT {
        @Override
        public void write(List<CheckedPolicy> policies, boolean strict, PrintWriter out) {
            TextReport.write(policies, out);
        }
    },
    /** For scripts. */
    JSON {
        @Override
        public void write(List<CheckedPolicy> policies, boolean strict, PrintWriter out) {
            out.println(Json.write(JsonReport.of(policies, strict)));
        }
    },
    /** JUnit's XML, which most build servers show. */
    JUNIT {
        @Override
        public void write(List<CheckedPolicy> policies, boolean strict, PrintWriter out) {
            ValidationSuites.of(policies, strict).write(out);
        }
    },
    /** SARIF 2.1.0 (OASIS), which code-scanning services read. */
    SARIF {
        @Override
        public void write(List<CheckedPolicy> policies, boolean strict, PrintWriter out) {
            out.println(Json.write(SarifReport.of(policies)));
        }
    },
    /** Workflow commands of GitHub Actions, which annotate the changed lines. */
    GITHUB {
        @Override
        public void write(List<CheckedPolicy> policies, boolean strict, PrintWriter out) {
            GithubReport.write(policies, out);
        }
    };

    /**
     * Writes the outcome.
     *
     * @param strict whether warnings count as failures
     */
    public abstract void write(List<CheckedPolicy> policies, boolean strict, PrintWriter out);

    /** The format as an option names it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
