package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Severity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyLoaderTest {

    private static final String HEAD = "apiVersion: limits/v1\nkind: Policy\n";
    private static final String LIMITS = HEAD + "limits:\n  api: { per: ip, rate: 60/min }\n";
    private static final String ROUTES = HEAD + "routes:\n  all: { match: /**, limits: [api] }\n";

    @TempDir
    private Path folder;

    private final PolicyLoader loader = new PolicyLoader();

    private static PolicySet loaded(LoadResult result) {
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).policy();
    }

    private static List<Problem> rejected(LoadResult result) {
        assertThat(result).isInstanceOf(LoadResult.Rejected.class);
        return ((LoadResult.Rejected) result).problems();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void theFilesOfAFolderAreOnePolicy() throws IOException {
        write("limits.yaml", LIMITS);
        write("routes.yml", ROUTES);

        PolicySet policy = loaded(loader.load(folder));

        assertThat(policy.limitNames()).containsExactly("api");
        assertThat(policy.routes()).extracting("name").containsExactly("all");
    }

    @Test
    void aNameInTwoFilesIsAnErrorThatNamesBothPlaces() throws IOException {
        write("a.yaml", LIMITS);
        write("b.yaml", LIMITS + "routes:\n  all: { match: /**, limits: [api] }\n");

        assertThat(rejected(loader.load(folder))).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("duplicate");
            assertThat(problem.file()).endsWith("b.yaml");
            assertThat(problem.line()).isEqualTo(4);
            assertThat(problem.message()).contains("limits api: stands twice").contains("a.yaml:4:3");
        });
    }

    @Test
    void defaultsStandInOneFileOnly() throws IOException {
        write("a.yaml", LIMITS + "defaults: { mode: shadow }\n");
        write("b.yaml", ROUTES + "defaults: { mode: enforce }\n");

        assertThat(rejected(loader.load(folder)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.render())
                        .contains("b.yaml:5:1: error duplicate: defaults: stands twice; first at")
                        .contains("a.yaml:5:1"));
    }

    @Test
    void testsHiddenFilesFoldersAndOtherFilesAreNotPolicies() throws IOException {
        write("policy.yaml", LIMITS + ROUTES.substring(HEAD.length()));
        write("policy.test.yaml", "tests: []\n");
        write(".policy.yaml.swp.yaml", "half a");
        write("README.md", "# Policies");
        Files.createDirectory(folder.resolve("more.yaml"));

        assertThat(loaded(loader.load(folder)).routes()).hasSize(1);
    }

    @Test
    void aKubernetesFolderIsReadThroughItsDataLink() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..2026_01_01"));
        Files.writeString(first.resolve("policy.yaml"), LIMITS + ROUTES.substring(HEAD.length()));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_01_01"));
        Files.createSymbolicLink(folder.resolve("policy.yaml"), Path.of("..data/policy.yaml"));

        assertThat(loaded(loader.load(folder)).limitNames()).containsExactly("api");
    }

    @Test
    void whatIsMissingEmptyOrNoFileAtAllIsAProblemAndNoException() throws IOException {
        Path missing = folder.resolve("nowhere.yaml");
        assertThat(rejected(loader.load(missing)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.render())
                        .isEqualTo(missing + ": error unreadable: there is no such file or folder"));
        assertThat(rejected(loader.load(folder)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.render())
                        .isEqualTo(
                                folder + ": error unreadable: the folder holds no policy (expected: *.yaml or *.yml)"));
        assertThat(rejected(loader.load(Path.of("/dev/null"))))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).isEqualTo("neither a file nor a folder"));
    }

    @Test
    void bytesThatAreNotUtf8AreAProblem() throws IOException {
        Path latin1 = folder.resolve("latin1.yaml");
        Files.write(latin1, (LIMITS + "# für alle\n").getBytes(StandardCharsets.ISO_8859_1));

        assertThat(rejected(loader.load(latin1)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.render())
                        .isEqualTo(latin1 + ":5:4: error not-text: not UTF-8\n  # f\uFFFDr alle\n     ^"));
    }

    @Test
    void aByteOrderMarkAndWindowsLineEndsAreFine() {
        String text = "\uFEFF" + (LIMITS + ROUTES.substring(HEAD.length())).replace("\n", "\r\n");

        assertThat(loaded(loader.parse("windows.yaml", text)).routes()).hasSize(1);
    }

    @Test
    void binaryJunkIsAProblem() {
        assertThat(rejected(loader.parse("junk", "\u0000\u0001\u0002")))
                .extracting(Problem::code)
                .containsExactly("not-text");
    }

    @Test
    void aFileBeyondTheLargestIsAProblem() {
        assertThat(rejected(loader.parse("huge.yaml", LIMITS + "# more\n".repeat(200_000))))
                .extracting(Problem::render)
                .containsExactly("huge.yaml: error too-large: larger than 1048576 bytes");
    }

    @Test
    void garbageIsListedUpToABound() {
        String text = HEAD + "junk: 1\n".repeat(1_000);

        List<Problem> problems = rejected(loader.parse("junk.yaml", text));

        assertThat(problems).hasSize(201);
        assertThat(problems.get(200).code()).isEqualTo("more-problems");
    }

    @Test
    void manyWarningsAreNoErrorAndHideNone() {
        StringBuilder text = new StringBuilder(HEAD).append("limits:\n");
        for (int i = 0; i < 300; i++) {
            text.append("  unused-").append(i).append(": { per: ip, rate: 1/s }\n");
        }

        assertThat(loader.parse(
                        "many.yaml",
                        text + "  api: { per: ip, rate: 1/s }\nroutes: { all: { match: /**, limits: [api] } }\n"))
                .isInstanceOfSatisfying(
                        LoadResult.Loaded.class,
                        loaded -> assertThat(loaded.warnings())
                                .hasSize(201)
                                .last()
                                .extracting(Problem::severity)
                                .isEqualTo(Severity.WARNING));
        assertThat(rejected(loader.parse(
                        "many.yaml", text + "routes: { all: { match: /**, limits: [unused-7], cost: 0 } }\n")))
                .filteredOn(problem -> problem.severity() == Severity.ERROR)
                .extracting(Problem::code)
                .containsExactly("bad-number");
    }

    @Test
    void aBrokenFileInAFolderIsNotBlamedOnTheOthers() throws IOException {
        write("limits.yaml", "limits: {\n");
        write("routes.yaml", ROUTES);

        assertThat(rejected(loader.load(folder))).extracting(Problem::code).containsExactly("yaml-syntax");
    }

    @Test
    void anAliasRepeatsWhatItsAnchorSays() {
        String text = LIMITS + "routes:\n  a: { match: /a, limits: &all [api] }\n  b: { match: /b, limits: *all }\n";

        assertThat(loaded(loader.parse("alias.yaml", text)).routes())
                .allSatisfy(route -> assertThat(route.limits()).hasSize(1));
    }

    @Test
    void aPolicyWithoutPlansPutsEverybodyOnOne() {
        PolicySet policy = loaded(loader.parse("small.yaml", LIMITS + ROUTES.substring(HEAD.length())));

        assertThat(policy.planNames()).containsExactly("default");
        assertThat(policy.identity().defaultPlan()).isEqualTo("default");
        assertThat(policy.identity().anonymousPlan()).isEqualTo("default");
        assertThat(policy.identity().userClaim()).isEqualTo("sub");
    }

    @Test
    void theHashNamesTheContentAndNotTheFile() throws IOException {
        String text = LIMITS + ROUTES.substring(HEAD.length());
        Path file = write("policy.yaml", text);

        String hash = loaded(loader.load(file)).hash();

        assertThat(hash).matches("[0-9a-f]{12}");
        assertThat(loaded(loader.load(folder)).hash()).isEqualTo(hash);
        assertThat(loaded(loader.parse("other", text)).hash()).isEqualTo(hash);
        assertThat(loaded(loader.parse("other", text + "# edited\n")).hash()).isNotEqualTo(hash);
    }

    @Test
    void legalButDoubtfulIsAWarning() {
        String text = HEAD + """
                limits:
                  api: { per: ip, rate: 60/min }
                  spare: { per: ip, rate: 60/min }
                routes:
                  all: { match: /**, limits: [api] }
                overrides:
                  - { for: { user: u1 }, set: { api: 5/min }, reason: test, until: 2026-05-31 }
                """;
        InstantSource june = InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));

        LoadResult result = new PolicyLoader(june).parse("policy.yaml", text);

        assertThat(((LoadResult.Loaded) result).warnings())
                .allSatisfy(problem -> assertThat(problem.severity()).isEqualTo(Severity.WARNING))
                .extracting(Problem::code)
                .containsExactly("unused-limit", "override-ended");
    }

    @Test
    void aNameCannotForgeALine() {
        String text = LIMITS + "routes:\n  all: { match: /**, limits: [\"x\\npolicy.yaml: ok\"] }\n";

        assertThat(rejected(loader.parse("hostile.yaml", text)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.render().lines())
                        .hasSize(3)
                        .first()
                        .asString()
                        .contains("limits: x?policy.yaml: ok (expected: api)"));
    }

    @Test
    void aThousandRoutesLoadInAMoment() {
        StringBuilder text = new StringBuilder(LIMITS).append("routes:\n");
        for (int i = 0; i < 1_000; i++) {
            text.append("  r%d: { match: GET|HEAD /api/v1/thing%d/*/**, limits: [api] }\n".formatted(i, i));
        }

        assertTimeout(
                Duration.ofSeconds(10),
                () -> assertThat(loaded(loader.parse("many.yaml", text.toString()))
                                .routes())
                        .hasSize(1_000));
    }

    @Test
    void aSourceLineCannotSteerTheTerminal() {
        String text = LIMITS + "routes:\n  all: { match: /**, limits: [\"\\e[2Japi\"] }\n";

        assertThat(rejected(loader.parse("hostile.yaml", text)))
                .allSatisfy(problem -> assertThat(problem.render()).doesNotContain("\u001b"));
    }
}
