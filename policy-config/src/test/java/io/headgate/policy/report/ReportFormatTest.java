package io.headgate.policy.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class ReportFormatTest {

    private static final Problem ERROR = new Problem(
            Severity.ERROR, "bad-value", "a, b.yaml", 4, 15, "per: usr (50% <sure>)", "user", "  api: { per: usr }");
    private static final Problem WARNING =
            new Problem(Severity.WARNING, "unused-limit", "a, b.yaml", 2, 3, "limit x: no route uses it", null, "  x:");
    private static final Problem NO_FILE =
            new Problem(Severity.ERROR, "unreadable", "gone.yaml", 0, 0, "there is no such file or folder", null, null);

    private static final List<CheckedPolicy> CHECKED = List.of(
            new CheckedPolicy("a, b.yaml", Optional.empty(), List.of(WARNING, ERROR)),
            new CheckedPolicy("gone.yaml", Optional.empty(), List.of(NO_FILE)),
            new CheckedPolicy("fine.yaml", Optional.of(fine()), List.of()));

    private static PolicySet fine() {
        LoadResult result = new PolicyLoader()
                .parse(
                        "fine.yaml",
                        "apiVersion: limits/v1\nkind: Policy\nroutes: { all: { match: /**, limits: [] } }\n");
        return ((LoadResult.Loaded) result).policy();
    }

    private static String written(ReportFormat format, boolean strict) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        format.write(CHECKED, strict, out);
        out.flush();
        return text.toString();
    }

    @Test
    void githubAnnotatesTheLines() {
        assertThat(written(ReportFormat.GITHUB, false).lines())
                .containsExactly(
                        "::warning file=a%2C b.yaml,line=2,col=3,title=unused-limit::limit x: no route uses it",
                        "::error file=a%2C b.yaml,line=4,col=15,title=bad-value::per: usr (50%25 <sure>); did you mean:"
                                + " user",
                        "::error file=gone.yaml,title=unreadable::there is no such file or folder");
    }

    @Test
    void junitHasACaseForEachProblemAndOneForAPolicyWithoutAny() throws Exception {
        assertThat(failures(written(ReportFormat.JUNIT, false))).isEqualTo("1 of 2, 1 of 1, 0 of 1");
        assertThat(failures(written(ReportFormat.JUNIT, true))).isEqualTo("2 of 2, 1 of 1, 0 of 1");
    }

    private static String failures(String xml) throws Exception {
        Document document = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)));
        StringBuilder counts = new StringBuilder();
        var suites = document.getElementsByTagName("testsuite");
        for (int i = 0; i < suites.getLength(); i++) {
            Element suite = (Element) suites.item(i);
            assertThat(suite.getElementsByTagName("failure").getLength())
                    .isEqualTo(Integer.parseInt(suite.getAttribute("failures")));
            assertThat(suite.getElementsByTagName("testcase").getLength())
                    .isEqualTo(Integer.parseInt(suite.getAttribute("tests")));
            counts.append(counts.isEmpty() ? "" : ", ")
                    .append(suite.getAttribute("failures"))
                    .append(" of ")
                    .append(suite.getAttribute("tests"));
        }
        assertThat(document.getDocumentElement().getTextContent()).contains("<sure>");
        return counts.toString();
    }

    @Test
    void jsonSaysWhatPassesAndWhatIsWrong() {
        assertThat(written(ReportFormat.JSON, false))
                .startsWith("""
                        {
                          "passes": false,
                          "policies": [
                            {
                              "policy": "a, b.yaml",
                              "passes": false,
                              "problems": [
                                {
                                  "severity": "warning",
                                  "code": "unused-limit",
                                  "file": "a, b.yaml",
                                  "line": 2,
                                  "column": 3,
                                  "message": "limit x: no route uses it"
                                },
                        """)
                .contains("\"suggestion\": \"user\"")
                .contains("""
                              "policy": "fine.yaml",
                              "passes": true,
                              "hash": "\
                        """);
    }

    @Test
    void sarifHasARuleForEachCodeAndAPlaceForEachResult() {
        assertThat(written(ReportFormat.SARIF, false))
                .contains("\"version\": \"2.1.0\"", "\"columnKind\": \"unicodeCodePoints\"")
                .contains("\"id\": \"unused-limit\"", "\"id\": \"bad-value\"", "\"id\": \"unreadable\"")
                .contains("""
                              "ruleId": "bad-value",
                              "ruleIndex": 1,
                              "level": "error",
                              "message": {
                                "text": "per: usr (50% <sure>); did you mean: user"
                              },
                              "locations": [
                                {
                                  "physicalLocation": {
                                    "artifactLocation": {
                                      "uri": "a,%20b.yaml"
                                    },
                                    "region": {
                                      "startLine": 4,
                                      "startColumn": 15
                                    }
                                  }
                                }
                              ]
                        """.indent(4).stripTrailing());
    }
}
