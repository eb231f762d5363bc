package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.ScriptedBackend.Ending;
import io.headgate.gateway.ScriptedBackend.Seen;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a backend may say that is no answer, and that nobody else ever gets to see it. */
@Timeout(60)
class IllBackendTest {

    private static final ScriptedBackend BACKEND = ScriptedBackend.start(ScriptedBackend.always(ScriptedBackend.OK));

    @TempDir
    static Path folder;

    private static RunningGateway gateway;
    private static List<Seen> seenBefore = List.of();

    @BeforeAll
    static void start() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/instances.yaml"));
        gateway = RunningGateway.start(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.warm-up=20",
                "--headgate.backends.upload.uri=" + BACKEND.uri()));
        seenBefore = BACKEND.seen();
    }

    @Test
    void whatTheGatewayWarmedUpWithWasSeenByNobody() {
        assertThat(seenBefore).isEmpty();
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body()).doesNotContain("warm-up");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        BACKEND.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            no HTTP at all              | hello there\\r\\n\\r\\n
            another protocol            | SSH-2.0-OpenSSH_9.6\\r\\n
            a header without a name     | HTTP/1.1 200 OK\\r\\n: x\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a name that is none         | HTTP/1.1 200 OK\\r\\nBad Header: x\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a NUL in a name             | HTTP/1.1 200 OK\\r\\nX-\\0: x\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a NUL in a value            | HTTP/1.1 200 OK\\r\\nX-A: x\\0y\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a bare CR in a value        | HTTP/1.1 200 OK\\r\\nX-A: x\\ry\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a line without a colon      | HTTP/1.1 200 OK\\r\\nnothing\\r\\nContent-Length: 2\\r\\n\\r\\nok
            both lengths                | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n
            both, the other way round   | HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\ncontent-length: 2\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n
            two different lengths       | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: 3\\r\\n\\r\\nok
            a length below nothing      | HTTP/1.1 200 OK\\r\\nContent-Length: -2\\r\\n\\r\\nok
            a length with a sign        | HTTP/1.1 200 OK\\r\\nContent-Length: +2\\r\\n\\r\\nok
            a length in words           | HTTP/1.1 200 OK\\r\\nContent-Length: two\\r\\n\\r\\nok
            a length beyond all bounds  | HTTP/1.1 200 OK\\r\\nContent-Length: 99999999999999999999\\r\\n\\r\\nok
            a coding nobody knows       | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: xchunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n
            a status in words           | HTTP/1.1 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a status of two digits      | HTTP/1.1 20 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a status of four digits     | HTTP/1.1 2000 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a version of its own        | HTTP/9.9 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
            a switch nobody asked for   | HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: x\\r\\nConnection: Upgrade\\r\\n\\r\\n
            """)
    void isNoAnswer(String what, String said) {
        String bytes = said.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
        BACKEND.now((head, connection) -> {
            RawHttp.write(connection, bytes);
            return Ending.OPEN;
        });
        assertProblem(what);
        assertTheNextIsWell(what);
    }

    @Test
    void aHeaderWithoutAnEndIsNoAnswer() {
        BACKEND.now((head, connection) -> {
            RawHttp.write(connection, "HTTP/1.1 200 OK\r\nX-Endless: ");
            for (int i = 0; i < 1_000; i++) {
                RawHttp.write(connection, "x".repeat(1_000));
            }
            return Ending.OPEN;
        });
        assertProblem("endless");
        assertTheNextIsWell("endless");
    }

    @Test
    void headersWithoutAnEndAreNoAnswer() {
        BACKEND.now((head, connection) -> {
            RawHttp.write(connection, "HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 100_000; i++) {
                RawHttp.write(connection, "X-" + i + ": y\r\n");
            }
            return Ending.OPEN;
        });
        assertProblem("endless");
        assertTheNextIsWell("endless");
    }

    @ParameterizedTest
    @CsvSource({"RESET", "CLOSED"})
    void anEndWithoutAnAnswerIsNone(Ending ending) {
        BACKEND.now((head, connection) -> ending);
        assertProblem(ending.name());
        assertTheNextIsWell(ending.name());
    }

    @Test
    void interimAnswersAreNotTheAnswer() {
        interim(3);
        Answer answer = get("/files/interim");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("well");
    }

    @Test
    void interimAnswersWithoutAnEndAreNoAnswer() {
        interim(1_000);
        assertProblem("interim");
        assertTheNextIsWell("interim");
    }

    private static void interim(int count) {
        BACKEND.now((head, connection) -> {
            for (int i = 0; i < count; i++) {
                RawHttp.write(connection, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            }
            RawHttp.write(connection, ScriptedBackend.OK);
            return Ending.OPEN;
        });
    }

    /** The bytes that follow an answer are the next client's if the connection is used again. */
    @ParameterizedTest
    @CsvSource({
        "Content-Length: 4\\r\\n\\r\\nwell",
        "Transfer-Encoding: chunked\\r\\n\\r\\n4\\r\\nwell\\r\\n0\\r\\n\\r\\n",
        "Content-Length: 0\\r\\n\\r\\n"
    })
    void aSecondAnswerIsNobodys(String first) throws Exception {
        String bytes = "HTTP/1.1 200 OK\r\n" + first.replace("\\r", "\r").replace("\\n", "\n");
        BACKEND.now((head, connection) -> {
            RawHttp.write(connection, bytes + "HTTP/1.1 200 OK\r\nX-Evil: yes\r\nContent-Length: 4\r\n\r\nevil");
            return Ending.OPEN;
        });
        get("/files/twice");
        assertTheNextIsWell("two answers");
    }

    @Test
    void aBodyBehindAnAnswerThatHasNoneIsNobodys() throws Exception {
        BACKEND.now((head, connection) -> {
            RawHttp.write(
                    connection, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
            return Ending.OPEN;
        });
        assertThat(get("/files/none").status()).isEqualTo(204);
        assertTheNextIsWell("a body without a right to be");
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Length: 10\\r\\n\\r\\nhalf,                CLOSED",
        "Content-Length: 10\\r\\n\\r\\nhalf,                RESET",
        "Transfer-Encoding: chunked\\r\\n\\r\\n4\\r\\nhalf\\r\\n, CLOSED",
        "Transfer-Encoding: chunked\\r\\n\\r\\n4\\r\\nhalf\\r\\nzz\\r\\n, OPEN"
    })
    void anAnswerThatBreaksOffNeverLooksWhole(String beginning, Ending ending) throws IOException {
        String bytes = "HTTP/1.1 200 OK\r\n" + beginning.replace("\\r", "\r").replace("\\n", "\n");
        BACKEND.now((head, connection) -> {
            RawHttp.write(connection, bytes);
            return ending;
        });
        String answer = RawHttp.get(gateway.port(), "/files/half");
        boolean whole = answer.contains("chunked")
                ? answer.endsWith("0\r\n\r\n")
                : answer.endsWith("\r\n\r\nhalf") && answer.contains("ontent-length: 4\r\n");
        assertThat(whole).describedAs(answer).isFalse();
        assertThat(Answer.to(gateway.managed("/actuator/prometheus")).body())
                .containsPattern("backend_answers_broken_total\\{[^}]*backend=\"upload\"} [1-9]");
        assertTheNextIsWell("half an answer");
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestIsPassedOnAndItsConnectionNotUsedAgain() throws IOException {
        BACKEND.now(ScriptedBackend.always("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge"));
        try (Socket socket = RawHttp.connect(gateway.port())) {
            RawHttp.write(
                    socket,
                    "PATCH /files/early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
                            + "x".repeat(1_000));
            byte[] start = socket.getInputStream().readNBytes(12);
            assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
        assertTheNextIsWell("early");
    }

    private static Answer get(String path) {
        return Answer.to(HttpRequest.newBuilder(gateway.at(path))
                .timeout(Duration.ofSeconds(30))
                .build());
    }

    private static void assertProblem(String what) {
        Answer answer = get("/files/ill");
        assertThat(answer.status()).describedAs(what).isEqualTo(502);
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.member("status")).isEqualTo("502");
    }

    /** Whatever came before is forgotten, its connections included. */
    private static void assertTheNextIsWell(String what) {
        List<Integer> before = BACKEND.seen().stream().map(Seen::connection).toList();
        BACKEND.now(ScriptedBackend.always(ScriptedBackend.OK));
        for (int i = 0; i < 3; i++) {
            Answer next = get("/files/well");
            assertThat(next.status()).describedAs("after %s", what).isEqualTo(200);
            assertThat(next.body()).isEqualTo("well");
            assertThat(next.header("X-Evil")).isEmpty();
        }
        assertThat(BACKEND.seen()).extracting(Seen::connection).doesNotContainAnyElementsOf(before);
    }
}
