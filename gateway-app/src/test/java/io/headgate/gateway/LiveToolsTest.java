package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.policy.cli.PolicyCommand;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.reload.PolicyWatcher;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code policy} command, asking a running gateway. */
class LiveToolsTest {

    private static final String POLICY = """
            apiVersion: limits/v1
            kind: Policy
            metadata: { owner: team-edge }
            identity:
              client-ip: { trusted-proxies: [127.0.0.1] }
              plan: { default: free }
              anonymous: { plan: free }
            limits:
              api: { per: user, type: rate }
              export: { per: user, type: window }
              open: { per: user, rate: unlimited }
            plans:
              free: { api: 1/day burst 3, export: 0 }
            routes:
              feed: { match: GET /api/feed/**, limits: [api, open] }
              export: { match: GET /api/feed/export, limits: [api, export] }
            rollouts:
              - { name: exports, set: { free: { export: 5/day } }, mode: shadow, percent: 10, stop-if: denied > 2% for 1h }
            """;

    @TempDir
    private static Path folder;

    private static Path policy;
    private static RunningGateway gateway;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws IOException {
        policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
        Path operators = Files.writeString(
                folder.resolve("operators.yaml"),
                "keys: [{ id: o, sha256: " + Fixture.sha256("the-operators-key") + ", user: olga, plan: operator }]");
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--management.endpoint.limits.access=unrestricted",
                "--headgate.auth.operator-keys=" + operators,
                "--headgate.backends.feed.uri=http://localhost:1"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private int policy(String... args) {
        out.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--live");
        String management = gateway.managed("/").toString();
        all.add(management.substring(0, management.length() - 1));
        return PolicyCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    }

    private static void await(Supplier<Boolean> condition) throws InterruptedException {
        Instant end = Instant.now().plus(Duration.ofSeconds(60));
        while (!condition.get()) {
            assertThat(Instant.now()).isBefore(end);
            Thread.sleep(100);
        }
    }

    @Test
    void explainSaysWhatIsLeftWithoutTakingAnyOfIt() {
        String[] question = {
            "explain", "--method", "GET", "--path", "/api/feed/home", "--ip", "10.1.0.1", "--user", "ann"
        };
        for (int i = 0; i < 5; i++) {
            assertThat(policy(question)).describedAs(err.toString()).isZero();
        }
        assertThat(out.toString())
                .contains("route     feed, ")
                .contains("left now  api 3, it would pass")
                .contains("left now  open, it would pass");

        assertThat(policy("explain", "--method", "GET", "--path", "/api/feed/export", "--ip", "10.1.0.1"))
                .isZero();
        assertThat(out.toString()).contains("left now  export, it would not pass");
    }

    @Test
    void anOperatorHasALimitForgetOneCallerAndNobodyElse() {
        spend("10.1.0.7");
        spend("10.1.0.8");
        String question = "/actuator/limits/standing?method=GET&path=/api/feed/home&ip=";
        assertThat(Answer.to(gateway.managed(question + "10.1.0.7")).body()).contains("\"remaining\":2");

        assertThat(deleted(question + "10.1.0.7&limit=api").body())
                .contains("\"name\":\"api\"")
                .contains("\"remaining\":3");

        assertThat(Answer.to(gateway.managed(question + "10.1.0.7")).body()).contains("\"remaining\":3");
        assertThat(Answer.to(gateway.managed(question + "10.1.0.8")).body()).contains("\"remaining\":2");
    }

    @Test
    void onlyLimitsOfTheRequestThatAreNamedAreForgotten() {
        String question = "/actuator/limits/standing?method=GET&path=/api/feed/home&ip=10.1.0.9";
        for (String wrong : List.of("", "&limit=export", "&limit=api&limit=nonsense")) {
            assertThat(deleted(question + wrong).status()).as(wrong).isEqualTo(400);
        }
        assertThat(deleted(question + "&limit=open").status()).isEqualTo(200);
        assertThat(deleted("/actuator/limits/history").status()).isEqualTo(404);
    }

    private static void spend(String ip) {
        LimitGate gate = gateway.bean(LimitGate.class);
        RequestFacts facts = new RequestFacts(
                "GET",
                "",
                "/api/feed/home",
                name -> null,
                IpAddress.parse(ip).orElseThrow(),
                new Caller(null, null, null, Map.of()));
        LimitPlan plan = gateway.bean(PolicyWatcher.class).current().match(facts);
        assertThat(gate.judge(plan.plan(), plan.limits(), gate.slots())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Verdict.Admitted.class);
    }

    @Test
    void whoIsNoOperatorChangesNothing() {
        spend("10.1.0.10");
        String question = "/actuator/limits/standing?method=GET&path=/api/feed/home&ip=10.1.0.10";
        for (String[] fields : new String[][] {
            {},
            {"X-API-Key", "a-guess"},
            {"Authorization", "Bearer the-operators-key"},
            {"X-API-Key", "the-operators-key", "Authorization", "Bearer x"},
            {"X-API-Key", "the-operators-key", "X-API-Key", "the-operators-key"}
        }) {
            HttpRequest.Builder request = HttpRequest.newBuilder(gateway.managed(question + "&limit=api"));
            Answer answer = Answer.to((fields.length == 0 ? request : request.headers(fields))
                    .DELETE()
                    .build());
            assertThat(answer.status()).as(String.join(" ", fields)).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).contains("ApiKey realm=\"operators\"");
        }
        assertThat(Answer.to(gateway.managed(question)).body()).contains("\"remaining\":2");
    }

    private static Answer deleted(String path) {
        return Answer.to(HttpRequest.newBuilder(gateway.managed(path))
                .header("X-API-Key", "the-operators-key")
                .DELETE()
                .build());
    }

    @Test
    void anEditIsComparedWithWhatIsInForceAndGoesIntoTheHistoryAndCanBeTakenBack() throws Exception {
        assertThat(policy("diff", policy.toString())).isZero();
        assertThat(out.toString()).startsWith("no difference");

        Path edit = Files.writeString(folder.resolve("edit"), POLICY.replace("burst 3", "burst 2"));
        assertThat(policy("diff", edit.toString())).isEqualTo(2);
        assertThat(out.toString()).contains("tighter");

        Files.copy(edit, policy, StandardCopyOption.REPLACE_EXISTING);
        await(() -> policy("diff", edit.toString()) == 0);
        assertThat(policy("history")).isZero();
        assertThat(out.toString()).matches("""
                revision 2  \\p{XDigit}{12}  since .*  team-edge
                  1 difference: 1 tighter
                revision 1  \\p{XDigit}{12}  since .*  team-edge
                  the first since the start
                """);

        assertThat(policy("rollback", "1", "--into", policy.toString()))
                .describedAs(err.toString())
                .isZero();
        assertThat(out.toString()).contains("looser").contains("policy.yaml: as in revision 1");
        assertThat(policy).hasContent(POLICY);
        await(() -> policy("diff", policy.toString()) == 0);

        Files.writeString(policy, POLICY.replace("kind: Policy", "kind: Polcy"));
        await(() -> policy("history") == 0 && out.toString().startsWith("refused"));
        assertThat(out.toString())
                .matches("(?s)refused at \\S+, 1 problem\n  \\S+policy.yaml:2:7: error bad-value: kind: Polcy .*"
                        + "revision 3 .*revision 2 .*revision 1 .*");
        Files.writeString(policy, POLICY);
    }

    @Test
    void theMetersNameTheHashThatIsInForceAndNoOther() throws InterruptedException {
        assertThat(policy("history")).isZero();
        String latest = out.toString()
                .lines()
                .filter(line -> line.startsWith("revision"))
                .findFirst()
                .orElseThrow()
                .split("  ", 3)[1];
        await(() -> Answer.to(gateway.managed("/actuator/prometheus"))
                .body()
                .lines()
                .filter(line -> line.startsWith("policy_info{"))
                .toList()
                .equals(List.of("policy_info{application=\"headgate\",hash=\"" + latest + "\"} 1")));
    }

    @Test
    void whatIsTriedIsSeenToGoOn() {
        assertThat(Answer.to(gateway.managed("/actuator/limits/policy")).body())
                .contains("\"rollouts\":[{\"name\":\"exports\",\"mode\":\"shadow\",\"percent\":10,"
                        + "\"stopIf\":\"denied > 2% for 3600s\",\"stopped\":false}]");
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body())
                .contains("\npolicy_rollout_stopped{application=\"headgate\",rollout=\"exports\"} 0.0\n");
    }

    @Test
    void whatTheGatewayDoesNotHaveIsAnError() {
        assertThat(policy("rollback", "99", "--into", policy.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("/actuator/limits/policy?revision=99 answers 404");
        assertThat(Answer.to(gateway.managed("/actuator/limits/nonsense")).status())
                .isEqualTo(404);
        assertThat(Answer.to(gateway.managed("/actuator/limits/standing?method=GET&path=/"))
                        .status())
                .isEqualTo(400);
        assertThat(Answer.to(gateway.managed("/actuator/limits/standing?method=GET&path=/&ip=home"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aGatewayThatIsNotThereIsAnError() {
        assertThat(PolicyCommand.run(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        "history",
                        "--live",
                        "http://127.0.0.1:1"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("http://127.0.0.1:1/actuator/limits/history does not answer");
    }
}
