package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.replay.Judgement;
import io.headgate.policy.replay.Replay;
import io.headgate.policy.replay.Verdict;
import io.headgate.policy.replay.VirtualClock;
import io.headgate.policy.traffic.AccessLogFile;
import io.headgate.policy.traffic.AccessRecord;
import io.headgate.policy.traffic.Pseudonyms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the access log says, and that a replay of it comes to the gateway's own verdicts. */
class AccessLogTest {

    /** Amounts that regain nothing within a test, however slow the machine: verdicts follow from the order alone. */
    private static final String POLICY = """
            apiVersion: limits/v1
            kind: Policy
            defaults: { store-timeout: 10s }
            identity:
              client-ip: { trusted-proxies: [127.0.0.1] }
              plan: { default: free }
              anonymous: { plan: anonymous }
            limits:
              address: { per: ip, rate: 1/day burst 60, stage: before-auth }
              api:     { per: user, type: rate }
              search:  { per: [user, route], window: 4/day }
              device:  { per: header.X-Device, window: 9/day }
              trial:   { per: user, window: 3/day, mode: shadow }
              export:  { per: user, type: window }
            plans:
              anonymous: { api: 1/day burst 5, export: 0 }
              free:      { api: 1/day burst 12, export: 2/day }
              pro:       { api: 1/day burst 40, export: 5/day }
            routes:
              feed:   { match: GET /api/feed/**, limits: [address, api, trial] }
              search: { match: GET /api/feed/search, limits: [address, api, search], cost: 2 }
              device: { match: { path: /api/feed/device, header: { X-Client: app } }, limits: [address, device] }
              export: { match: GET /api/feed/export, limits: [address, export] }
              members: { match: GET /api/feed/members, limits: [address, api], require: signed-in }
              paid: { match: GET /api/feed/paid, limits: [address, api], require: { plans: [pro] } }
            lists:
              block:
                - { ip: 10.66.0.0/16, reason: "INC-1" }
                - { user: u_bad, reason: "LEG-1" }
              exempt:
                - { ip: 10.0.7.0/24, limits: [address], reason: "OPS-1" }
                - { user: u_exempt, limits: [api], reason: "OPS-2" }
            overrides:
              - { for: { user: u_more }, set: { api: 1/day burst 30 }, reason: "SUP-1", until: 2090-01-01 }
              - { for: { ip: 10.0.8.0/24 }, plan: pro, reason: "SUP-2", until: 2090-01-01 }
            """;

    private static final List<String> USERS = List.of("u_ann", "u_bad", "u_exempt", "u_more", "u_pro");
    private static final List<String> ADDRESSES =
            List.of("10.0.1.1", "10.0.1.2", "10.0.7.7", "10.0.8.8", "10.66.3.4", "2001:db8::7");
    private static final List<String> PATHS = List.of("home", "search", "device", "export", "members", "paid");
    private static final String KEY = "the key of the log";

    private final WireMockServer backend = new WireMockServer(options().dynamicPort());

    @TempDir
    private Path folder;

    private Path policy;
    private Path log;

    @BeforeEach
    void start() throws IOException {
        backend.start();
        backend.stubFor(any(anyUrl()).willReturn(ok("from the feed")));
        policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
        log = folder.resolve("access.ndjson");
    }

    @AfterEach
    void stop() {
        backend.stop();
    }

    private RunningGateway gateway() throws IOException {
        StringBuilder keys = new StringBuilder("keys:\n");
        for (String user : USERS) {
            keys.append("  - { id: %1$s, sha256: %2$s, user: %1$s, plan: %3$s }\n"
                    .formatted(user, Fixture.sha256("key-" + user), user.equals("u_pro") ? "pro" : "free"));
        }
        return RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.auth.api-keys=" + Files.writeString(folder.resolve("keys.yaml"), keys),
                "--headgate.backends.feed.uri=" + backend.baseUrl(),
                "--headgate.access-log=" + log,
                "--headgate.access-log-key=" + KEY));
    }

    private List<AccessRecord> logged() throws IOException {
        List<AccessRecord> records = new ArrayList<>();
        AccessLogFile.Reading reading = AccessLogFile.read(log, records::add, bytes -> {});
        assertThat(reading.firstUnreadable()).isNull();
        return records;
    }

    @Test
    void aReplayComesToTheVerdictsOfTheGateway() throws IOException {
        List<Integer> statuses = new ArrayList<>();
        Random random = new Random(7);
        try (RunningGateway gateway = gateway()) {
            for (int i = 0; i < 400; i++) {
                List<String> headers = new ArrayList<>();
                headers.addAll(List.of("X-Forwarded-For", one(ADDRESSES, random)));
                int who = random.nextInt(USERS.size() + 2);
                if (who < USERS.size()) {
                    headers.addAll(List.of("X-API-Key", "key-" + USERS.get(who)));
                } else if (who == USERS.size()) {
                    headers.addAll(List.of("X-API-Key", "guess-" + i));
                }
                if (random.nextBoolean()) {
                    headers.addAll(List.of("X-Client", random.nextInt(4) > 0 ? "app" : "web"));
                    headers.addAll(List.of("X-Device", "device-" + random.nextInt(3)));
                }
                statuses.add(new Client(gateway, "", headers)
                        .get("/api/feed/" + one(PATHS, random))
                        .status());
            }
        }

        List<AccessRecord> records = logged();
        assertThat(records.stream().map(AccessLogTest::status)).containsExactlyElementsOf(statuses);
        assertThat(statuses).contains(200, 401, 403, 429);

        VirtualClock clock = new VirtualClock(Instant.EPOCH);
        PolicySet compiled = PolicySet.of(
                ((LoadResult.Loaded) new PolicyLoader().load(policy)).policy().rules(),
                clock,
                Pseudonyms.keyed(KEY)::of);
        Replay replay = new Replay(compiled, clock);
        for (AccessRecord record : records) {
            clock.advanceTo(record.atMicros());
            Judgement judged = record.authenticated()
                    ? replay.judgeKnowing(record.facts(), record.verdict() != Verdict.FORBIDDEN)
                    : replay.judgeUnauthenticated(record.facts());
            assertThat(judged.verdict()).describedAs(record.toString()).isEqualTo(record.verdict());
            assertThat(judged.refusing()).extracting(limit -> limit.name()).containsAll(record.by());
        }
    }

    private static String one(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    private static int status(AccessRecord record) {
        Verdict verdict = record.verdict();
        return switch (verdict == null ? Verdict.ALLOWED : verdict) {
            case ALLOWED -> 200;
            case REFUSED -> 429;
            case BLOCKED, FORBIDDEN -> 403;
            case UNAUTHENTICATED -> 401;
        };
    }

    @Test
    void nobodyIsNamedInIt() throws IOException {
        try (RunningGateway gateway = gateway()) {
            new Client(
                            gateway,
                            "",
                            List.of(
                                    "X-Forwarded-For", "10.0.1.1",
                                    "X-API-Key", "key-u_ann",
                                    "X-Client", "app",
                                    "X-Device", "device-1"))
                    .get("/api/feed/device?secret=1");
        }
        assertThat(Files.readString(log))
                .contains("\"path\":\"/api/feed/device\"", "\"x-client\":\"app\"", "\"verdict\":\"allowed\"")
                .doesNotContain("u_ann", "10.0.1.1", "device-1", "secret");
    }

    @Test
    void aLogThatIsThereIsContinued() throws IOException {
        for (int start = 1; start <= 2; start++) {
            try (RunningGateway gateway = gateway()) {
                new Client(gateway, "", List.of("X-Forwarded-For", "10.0.1.1")).get("/api/feed/home");
            }
            assertThat(logged()).hasSize(start);
        }
    }
}
