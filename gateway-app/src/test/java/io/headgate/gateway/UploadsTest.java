package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads by tus, from their creation to their end. */
@Timeout(120)
class UploadsTest {

    private static final int USERS = 50;
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final TusBackend BACKEND = TusBackend.start();
    private static RunningGateway gateway;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/uploads.yaml"));
        Path keys = Files.writeString(
                folder.resolve("keys.yaml"),
                IntStream.rangeClosed(1, USERS)
                        .mapToObj(user -> "  - { id: u%1$d, sha256: %2$s, user: u%1$d, plan: free }"
                                .formatted(user, Fixture.sha256("key-" + user)))
                        .collect(Collectors.joining("\n", "keys:\n", "\n")));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.auth.api-keys=" + keys,
                "--headgate.backends.feed.uri=" + BACKEND.uri(),
                "--headgate.backends.upload.uri=" + BACKEND.uri()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        BACKEND.close();
    }

    /** A client that is nobody else. */
    private static Client client() {
        int number = NEXT.incrementAndGet();
        return new Client(gateway, "u" + number, List.of("X-API-Key", "key-" + number));
    }

    private static HttpRequest.Builder create(Client client) {
        return client.with("Tus-Resumable", "1.0.0").request("/files").POST(BodyPublishers.noBody());
    }

    private static Answer patch(Client client, String path, int bytes) {
        return Answer.to(client.with("Tus-Resumable", "1.0.0")
                .with("Content-Type", "application/offset+octet-stream")
                .request(path)
                .method("PATCH", BodyPublishers.ofByteArray(new byte[bytes]))
                .build());
    }

    @Test
    void whatTheGatewayRefusesOfAnUploadSpeaksTus() {
        Client client = client();
        for (int i = 0; i < 2; i++) {
            assertThat(create(client, 10).status()).isEqualTo(201);
        }
        Answer refused = create(client, 10);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Tus-Resumable")).contains("1.0.0");

        Client stranger = new Client(gateway, "", List.of("X-API-Key", "no-such-key"));
        Answer unknown = stranger.get("/files/7");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.header("Tus-Resumable")).contains("1.0.0");
        assertThat(stranger.get("/api/feed/home").header("Tus-Resumable")).isEmpty();
    }

    @Test
    void aPostThatMeansPatchIsTakenForOneWhereUploadsAre() {
        Client client = client().with("X-HTTP-Method-Override", "PATCH");
        Answer appended = Answer.to(client.request("/files/override")
                .POST(BodyPublishers.ofString("seven!!"))
                .build());
        assertThat(appended.status()).isEqualTo(204);
        assertThat(appended.header("Upload-Offset")).contains("7");

        Answer nonsense = Answer.to(client().with("X-HTTP-Method-Override", "GET")
                .request("/files/override")
                .POST(BodyPublishers.noBody())
                .build());
        assertThat(nonsense.status()).isEqualTo(400);
        assertThat(nonsense.header("Tus-Resumable")).contains("1.0.0");

        Answer elsewhere = Answer.to(
                client.request("/api/feed/posts").POST(BodyPublishers.noBody()).build());
        assertThat(elsewhere.status()).isEqualTo(201);
    }

    @Test
    void aBodyIsReadNoFasterThanItsPace() {
        long begun = System.nanoTime();
        Answer appended = patch(client(), "/files/paced/1", 512 << 10);
        assertThat(appended.header("Upload-Offset")).contains(Integer.toString(512 << 10));
        // All but the last piece, which is 64 KiB at most, takes its time.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_700));
        Matcher heldBack = Pattern.compile("uploads_held_back_seconds_total\\{[^}]*by=\"pace\"} (\\S+)")
                .matcher(Answer.to(gateway.managed("/actuator/prometheus")).body());
        assertThat(heldBack.find()).isTrue();
        assertThat(Double.parseDouble(heldBack.group(1))).isGreaterThan(1.7);
    }

    @Test
    void aBodyForWhichThereIsNotEnoughLeftIsSlowedDownAndArrives() {
        Client client = client();
        long begun = System.nanoTime();
        Answer appended = patch(client, "/files/short/1", 192 << 10);
        assertThat(appended.status()).isEqualTo(204);
        assertThat(appended.header("Upload-Offset")).contains(Integer.toString(192 << 10));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_900));
    }

    private static String location(Answer created) {
        assertThat(created.status()).isEqualTo(201);
        return created.header("Location").orElseThrow();
    }

    private static Answer create(Client client, int length) {
        return Answer.to(
                create(client.with("Upload-Length", Integer.toString(length))).build());
    }

    private static Answer send(Client client, String method, String path) {
        return Answer.to(client.with("Tus-Resumable", "1.0.0")
                .request(path)
                .method(method, BodyPublishers.noBody())
                .build());
    }

    private static long left(Client client) {
        Matcher matcher = Pattern.compile("\\{name=bytes,[^}]* remaining=(\\d+)")
                .matcher(client.get("/limits").member("limits"));
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void anUploadHoldsItsSlotFromItsCreationUntilItIsComplete() {
        Client client = client();
        String first = location(create(client, 10));
        location(create(client, 10));
        assertThat(create(client, 10).status()).isEqualTo(429);
        assertThat(patch(client, first, 4).header("Upload-Offset")).contains("4");
        assertThat(create(client, 10).status()).isEqualTo(429);
        assertThat(patch(client, first, 6).header("Upload-Offset")).contains("10");
        location(create(client, 10));
    }

    @Test
    void whatWasReservedIsPaidOnceAndGivenBackAsFarAsItDidNotArrive() {
        Client client = client();
        String upload = location(create(client, 1 << 20));
        assertThat(left(client)).isZero();
        assertThat(patch(client, upload, 256 << 10).status()).isEqualTo(204);
        assertThat(left(client)).isZero();
        assertThat(send(client, "DELETE", upload).status()).isEqualTo(204);
        assertThat(left(client)).isEqualTo(768 << 10);
        assertThat(send(client, "DELETE", upload).status()).isEqualTo(404);
        assertThat(left(client)).isEqualTo(768 << 10);
    }

    @Test
    void anUploadThatTheBackendDoesNotTakeInReservesNothing() {
        Client client = client();
        assertThat(create(client.with("Refuse", "yes"), 1 << 20).status()).isEqualTo(400);
        assertThat(left(client)).isEqualTo(1 << 20);
    }

    @Test
    void anUploadThatTheBackendHasLostIsGivenBackToWhoeverAsksForIt() {
        Client client = client();
        String upload = location(create(client, 1000));
        BACKEND.lose(upload);
        assertThat(left(client)).isEqualTo((1 << 20) - 1000);
        assertThat(send(client, "HEAD", upload).status()).isEqualTo(404);
        assertThat(left(client)).isEqualTo(1 << 20);
    }

    @Test
    void anUploadOfDeferredLengthPaysAsItsBytesCome() {
        Client client = client();
        String upload = location(
                Answer.to(create(client.with("Upload-Defer-Length", "1")).build()));
        assertThat(left(client)).isEqualTo(1 << 20);
        assertThat(patch(client, upload, 1000).status()).isEqualTo(204);
        assertThat(left(client)).isEqualTo((1 << 20) - 1000);
        assertThat(patch(client, upload, 2 << 20).status()).isEqualTo(413);
        assertThat(left(client)).isEqualTo((1 << 20) - 1000);
    }

    @Test
    void anUploadThatIsPutTogetherOfOthersCostsNoBytesAndHoldsNothing() {
        Client client = client();
        for (int i = 0; i < 2; i++) {
            String part = location(create(client.with("Upload-Concat", "partial"), 100));
            assertThat(patch(client, part, 100).status()).isEqualTo(204);
        }
        assertThat(left(client)).isEqualTo((1 << 20) - 200);
        location(Answer.to(
                create(client.with("Upload-Concat", "final;/files/a /files/b")).build()));
        assertThat(left(client)).isEqualTo((1 << 20) - 200);
        assertThat(Answer.to(create(client.with("Upload-Concat", "partial")).build())
                        .status())
                .isEqualTo(411);
        location(create(client, 10));
    }

    /** By draft-ietf-httpbis-resumable-upload-09. */
    @Test
    void anUploadByTheDraftOfTheIetfIsChargedAsItsBytesComeAndEndsWithItsLastPart() {
        Client client = client();
        String upload = location(Answer.to(client.with("Upload-Complete", "?0")
                .with("Upload-Length", "1000")
                .with("Upload-Draft-Interop-Version", "8")
                .request("/files")
                .POST(BodyPublishers.noBody())
                .build()));
        assertThat(left(client)).isEqualTo((1 << 20) - 1000);
        Client appends = client.with("Content-Type", "application/partial-upload");
        Answer first = Answer.to(appends.with("Upload-Complete", "?0")
                .with("Upload-Offset", "0")
                .request(upload)
                .method("PATCH", BodyPublishers.ofByteArray(new byte[400]))
                .build());
        assertThat(first.header("Upload-Offset")).contains("400");
        Answer last = Answer.to(appends.with("Upload-Complete", "?1")
                .with("Upload-Offset", "400")
                .request(upload)
                .method("PATCH", BodyPublishers.ofByteArray(new byte[500]))
                .build());
        assertThat(last.status()).isEqualTo(204);
        // It has ended with 900 bytes of the 1000 it had reserved, and freed its slot.
        assertThat(left(client)).isEqualTo((1 << 20) - 900);
        location(create(client, 10));
        location(create(client, 10));
    }

    @Test
    void anUploadByTheDraftThatIsWholeAtOnceStaysPaid() {
        Client client = client();
        Answer whole = Answer.to(client.with("Upload-Complete", "?1")
                .with("Upload-Length", "1000")
                .request("/files")
                .POST(BodyPublishers.ofByteArray(new byte[1000]))
                .build());
        assertThat(left(client)).isEqualTo((1 << 20) - 1000);
        send(client, "DELETE", location(whole));
        assertThat(left(client)).isEqualTo((1 << 20) - 1000);
        String unknown = location(Answer.to(client.with("Upload-Complete", "?0")
                .request("/files")
                .POST(BodyPublishers.noBody())
                .build()));
        assertThat(left(client)).isEqualTo((1 << 20) - 1000);
        assertThat(patch(client, unknown, 500).status()).isEqualTo(204);
        assertThat(left(client)).isEqualTo((1 << 20) - 1500);
    }

    private static Answer picture(Client client, int length, String metadata) {
        return Answer.to(client.with("Tus-Resumable", "1.0.0")
                .with("Upload-Length", Integer.toString(length))
                .with("Upload-Metadata", metadata)
                .request("/files/pictures")
                .POST(BodyPublishers.noBody())
                .build());
    }

    @Test
    void whatIsTooLargeOrOfAnotherTypeDoesNotReachTheBackendAndCostsNothing() {
        Client client = client();
        String png = "filename YQ==, filetype aW1hZ2UvcG5n";
        Answer tooLarge = picture(client, (64 << 10) + 1, png);
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.header("Tus-Max-Size")).contains("65536");
        assertThat(tooLarge.header("Tus-Resumable")).contains("1.0.0");
        assertThat(picture(client, 10, "filetype aW1hZ2UvanBlZw==").status()).isEqualTo(415);
        assertThat(picture(client, 10, "filetype not-base64!").status()).isEqualTo(415);
        assertThat(picture(client, 10, "filename YQ==").status()).isEqualTo(415);
        assertThat(left(client)).isEqualTo(1 << 20);

        String upload = location(picture(client, 64 << 10, png));
        location(picture(client, 10, "filetype VklERU8vbXA0OyBjb2RlY3M9YQ=="));
        Answer beyond = Answer.to(client.with("Upload-Offset", "65530")
                .request(upload)
                .method("PATCH", BodyPublishers.ofByteArray(new byte[7]))
                .build());
        assertThat(beyond.status()).isEqualTo(413);
    }
}
