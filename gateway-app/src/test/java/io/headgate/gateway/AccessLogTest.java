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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
              bytes:   { per: user, window: 20 KiB/day, unit: bytes }
              uploads: { per: user, window: 20 KiB/day, unit: bytes }
              streams: { per: user, concurrent: 3, lease: 24h }
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
              post: { match: POST /api/feed/posts, limits: [address, bytes], cost: { bytes: $content-length } }
              watch: { match: GET /api/feed/watch, limits: [address, streams], session: query.sid }
              listen: { match: GET /api/feed/listen, limits: [address, streams], session: header.X-Session }
              create:
                match: POST /files
                protocol: tus
                limits: [address, uploads]
                cost: { uploads: $upload-length }
              append:
                match: PATCH /files/{id}
                protocol: tus
                limits: [address, uploads]
                cost: { uploads: $unreserved-bytes }
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
    private static final List<String> UPLOADERS = List.of("u_ann", "u_more", "u_pro");
    private static final String KEY = "the key of the log";

    private final WireMockServer backend = new WireMockServer(options().dynamicPort());
    private final TusBackend uploads = TusBackend.start();

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
        uploads.close();
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
                "--headgate.backends.upload.uri=" + uploads.uri(),
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
        assertThatAReplayAgrees(records);
    }

    @Test
    void aReplayCountsBytesUploadsAndSessionsAsTheGatewayDid() throws IOException {
        List<Verdict> verdicts = new ArrayList<>();
        Random random = new Random(11);
        try (RunningGateway gateway = gateway()) {
            for (int i = 0; i < 150; i++) {
                Client client = new Client(
                        gateway,
                        "",
                        List.of("X-Forwarded-For", "10.0.7.7", "X-API-Key", "key-" + one(UPLOADERS, random)));
                verdicts.addAll(sent(client, random));
            }
        }

        List<AccessRecord> records = logged();
        assertThat(records).extracting(AccessRecord::verdict).containsExactlyElementsOf(verdicts);
        assertThat(records).flatExtracting(AccessRecord::by).contains("bytes", "uploads", "streams");
        assertThat(records).flatExtracting(AccessRecord::paid).contains("uploads");
        assertThat(Files.readString(log)).doesNotContain("session-").contains("\"sessions\":{\"query.sid\":\"");
        assertThatAReplayAgrees(records);
    }

    private static List<Verdict> sent(Client client, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> List.of(posted(client, BodyPublishers.ofByteArray(new byte[random.nextInt(3_000)])));
            case 1 ->
                List.of(posted(client, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[9]))));
            case 2 -> List.of(verdict(client.get("/api/feed/watch?t=1&sid=session-" + random.nextInt(4))));
            case 3 ->
                List.of(verdict(
                        client.with("X-Session", "session-" + random.nextInt(4)).get("/api/feed/listen")));
            case 4 -> List.of(verdict(client.get("/api/feed/" + (random.nextBoolean() ? "watch?sid=" : "listen"))));
            default -> upload(client, random.nextInt(1, 5_000), random.nextBoolean());
        };
    }

    private static Verdict posted(Client client, HttpRequest.BodyPublisher body) {
        return verdict(client.request("/api/feed/posts").POST(body));
    }

    private static Verdict verdict(HttpRequest.Builder request) {
        return verdict(Answer.to(request.build()));
    }

    private static Verdict verdict(Answer answer) {
        assertThat(answer.status()).isIn(200, 201, 204, 411, 429);
        return answer.status() < 400 ? Verdict.ALLOWED : Verdict.REFUSED;
    }

    /** Creates an upload and, if it may, sends the whole of it. */
    private static List<Verdict> upload(Client client, int length, boolean deferred) {
        Client tus = client.with("Tus-Resumable", "1.0.0");
        Client creating =
                deferred ? tus.with("Upload-Defer-Length", "1") : tus.with("Upload-Length", Integer.toString(length));
        Answer created = Answer.to(
                creating.request("/files").POST(BodyPublishers.noBody()).build());
        if (created.status() != 201) {
            return List.of(verdict(created));
        }
        return List.of(
                Verdict.ALLOWED,
                verdict(tus.with("Content-Type", "application/offset+octet-stream")
                        .with("Upload-Offset", "0")
                        .request(created.header("Location").orElseThrow())
                        .method("PATCH", BodyPublishers.ofByteArray(new byte[length]))));
    }

    private void assertThatAReplayAgrees(List<AccessRecord> records) {
        VirtualClock clock = new VirtualClock(Instant.EPOCH);
        PolicySet compiled = PolicySet.of(
                ((LoadResult.Loaded) new PolicyLoader().load(policy)).policy().rules(),
                clock,
                Pseudonyms.keyed(KEY)::of);
        Replay replay = new Replay(compiled, clock);
        for (AccessRecord record : records) {
            clock.advanceTo(record.atMicros());
            Judgement judged = record.authenticated()
                    ? replay.judgeKnowing(record.facts(), record.verdict() != Verdict.FORBIDDEN, record.paid())
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
