package io.headgate.load.backend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class UploadBackendTest {

    private static final String[] TUS = {"Tus-Resumable", "1.0.0"};

    @TempDir
    private Path folder;

    private RunningBackends backends;

    @BeforeEach
    void start() throws Exception {
        backends = new RunningBackends(folder);
    }

    @AfterEach
    void stop() {
        backends.close();
    }

    @Test
    void anUploadContinuesWhereItWasAfterARestart() throws Exception {
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        String location = create("Upload-Length", "3000000");
        assertThat(patch(location, 0, Arrays.copyOf(content, 1_000_000))
                        .headers()
                        .firstValue("Upload-Offset"))
                .contains("1000000");

        backends.close();
        backends = new RunningBackends(folder);

        assertThat(offset(location)).isEqualTo(1_000_000);
        HttpResponse<byte[]> end = patch(location, 1_000_000, Arrays.copyOfRange(content, 1_000_000, 3_000_000));
        assertThat(end.statusCode()).isEqualTo(204);
        assertThat(end.headers().firstValue("Upload-Offset")).contains("3000000");
        assertThat(Files.readAllBytes(data())).isEqualTo(content);
    }

    @Test
    void theLocationIsRelativeSoThatAGatewayInFrontStaysInTheWay() throws Exception {
        assertThat(create("Upload-Length", "1")).matches("/files/[0-9a-f]{32}");
    }

    @Test
    void whatArrivedBeforeTheConnectionBrokeIsKept() throws Exception {
        String location = create("Upload-Length", "1000");
        try (Socket socket = halfAPatch(location, 1000, 400)) {
            awaitOffset(location, 400);
            socket.setSoLinger(true, 0); // closing resets the connection
        }

        HttpResponse<byte[]> rest;
        do {
            rest = patch(location, 400, new byte[600]);
        } while (rest.statusCode() == 423); // until the backend has seen that the first client is gone
        assertThat(rest.statusCode()).isEqualTo(204);
        assertThat(offset(location)).isEqualTo(1000);
    }

    @Test
    void twoWritersOfOneUploadDoNotMix() throws Exception {
        String location = create("Upload-Length", "1000");
        try (Socket socket = halfAPatch(location, 1000, 400)) {
            awaitOffset(location, 400);

            assertThat(patch(location, 400, new byte[600]).statusCode()).isEqualTo(423);
            assertThat(send("DELETE", location).statusCode()).isEqualTo(423);
            socket.getOutputStream().write(new byte[600]);
            socket.getOutputStream().flush();
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 204");
        }
        assertThat(offset(location)).isEqualTo(1000);
    }

    @Test
    void aLengthMayBeToldLaterButOnlyOnce() throws Exception {
        String location = create("Upload-Defer-Length", "1");
        assertThat(send("HEAD", location).headers().firstValue("Upload-Defer-Length"))
                .contains("1");
        assertThat(patch(location, 0, new byte[10]).statusCode()).isEqualTo(204);

        assertThat(patch(location, 10, new byte[10], "Upload-Length", "20").statusCode())
                .isEqualTo(204);
        assertThat(send("HEAD", location).headers().firstValue("Upload-Length")).contains("20");
        assertThat(patch(location, 20, new byte[0], "Upload-Length", "30").statusCode())
                .isEqualTo(400);
    }

    @Test
    void aDeletedUploadIsGone() throws Exception {
        String location = create("Upload-Length", "10");
        assertThat(send("DELETE", location).statusCode()).isEqualTo(204);
        assertThat(send("HEAD", location).statusCode()).isEqualTo(404);
        assertThat(send("DELETE", location).statusCode()).isEqualTo(404);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void theStatusTellsWhatWasDeclared() throws Exception {
        String location = create("Upload-Length", "10", "Upload-Metadata", "filename aG9saWRheS5tcDQ=,private");
        HttpResponse<byte[]> status = send("HEAD", location);
        assertThat(status.statusCode()).isEqualTo(200);
        assertThat(status.headers().firstValue("Upload-Metadata")).contains("filename aG9saWRheS5tcDQ=,private");
        assertThat(status.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(status.headers().firstValue("Tus-Resumable")).contains("1.0.0");
    }

    @Test
    void optionsTellWhatTheServerCanDoWithoutAskingForAVersion() throws Exception {
        HttpResponse<byte[]> options = backends.send("OPTIONS", backends.upload("/files"));
        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("Tus-Version")).contains("1.0.0");
        assertThat(options.headers().firstValue("Tus-Extension"))
                .contains("creation,creation-defer-length,termination");
        assertThat(options.headers().firstValue("Tus-Max-Size")).isPresent();
    }

    @Test
    void aVersionThatIsNotSpokenIsRefusedWithTheOneThatIs() throws Exception {
        HttpResponse<byte[]> answer = backends.send("POST", backends.upload("/files"), "Tus-Resumable", "0.2.2");
        assertThat(answer.statusCode()).isEqualTo(412);
        assertThat(answer.headers().firstValue("Tus-Version")).contains("1.0.0");
    }

    @Test
    void nothingIsWrittenBeyondTheDeclaredLength() throws Exception {
        String location = create("Upload-Length", "10");
        assertThat(patch(location, 0, new byte[11]).statusCode()).isEqualTo(413);

        // Without Content-Length the backend finds out only while it reads.
        HttpRequest.Builder chunked = HttpRequest.newBuilder(backends.upload(location))
                .method(
                        "PATCH",
                        HttpRequest.BodyPublishers.fromPublisher(
                                HttpRequest.BodyPublishers.ofByteArray(new byte[100_000])))
                .headers(TUS)
                .headers("Content-Type", "application/offset+octet-stream", "Upload-Offset", "0");
        assertThat(backends.send(chunked).statusCode()).isEqualTo(413);
        assertThat(Files.size(data())).isLessThanOrEqualTo(10);
    }

    @Test
    void aClientThatCanOnlyPostNamesTheMethodInAHeader() throws Exception {
        String location = create("Upload-Length", "10");
        assertThat(send("POST", location, "X-HTTP-Method-Override", "DELETE").statusCode())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | POST  | /files      |
            400 | POST  | /files      | Upload-Length: -1
            400 | POST  | /files      | Upload-Length: 1; Upload-Defer-Length: 1
            400 | POST  | /files      | Upload-Defer-Length: 2
            400 | POST  | /files      | Upload-Length: 1; Upload-Metadata: name not-base64!
            400 | POST  | /files      | Upload-Length: 1; Upload-Metadata: name YQ==,name YQ==
            413 | POST  | /files      | Upload-Length: 68719476737
            405 | PUT   | /files      |
            404 | HEAD  | /files/00000000000000000000000000000000 |
            404 | HEAD  | /files/..%2fsecret |
            404 | HEAD  | /elsewhere  |
            405 | GET   | <upload>    |
            415 | PATCH | <upload>    | Upload-Offset: 0
            400 | PATCH | <upload>    | Content-Type: application/offset+octet-stream
            409 | PATCH | <upload>    | Content-Type: application/offset+octet-stream; Upload-Offset: 5
            404 | PATCH | /files/0    | Content-Type: application/offset+octet-stream; Upload-Offset: 0
            """)
    void whatDoesNotFitTheProtocolIsRefused(int status, String method, String path, String headers) throws Exception {
        String target = path.equals("<upload>") ? create("Upload-Length", "10") : path;
        String[] fields = headers == null ? new String[0] : headers.split(": |; ");
        assertThat(send(method, target, fields).statusCode()).isEqualTo(status);
    }

    private String create(String... headers) throws Exception {
        HttpResponse<byte[]> created = send("POST", "/files", headers);
        assertThat(created.statusCode()).isEqualTo(201);
        return created.headers().firstValue("Location").orElseThrow();
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        String[] all = Stream.concat(Stream.of(TUS), Stream.of(headers)).toArray(String[]::new);
        return backends.send(method, backends.upload(path), all);
    }

    private HttpResponse<byte[]> patch(String location, long offset, byte[] bytes, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(backends.upload(location))
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(bytes))
                .headers(TUS)
                .headers("Content-Type", "application/offset+octet-stream", "Upload-Offset", Long.toString(offset));
        return backends.send(headers.length == 0 ? request : request.headers(headers));
    }

    private long offset(String location) throws Exception {
        return send("HEAD", location)
                .headers()
                .firstValueAsLong("Upload-Offset")
                .orElseThrow();
    }

    private void awaitOffset(String location, long offset) throws Exception {
        while (offset(location) < offset) {
            Thread.onSpinWait(); // the test's timeout bounds it
        }
    }

    /** A PATCH that announces {@code length} bytes and has sent only some of them. */
    private Socket halfAPatch(String location, int length, int sent) throws Exception {
        URI uri = backends.upload(location);
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        String head = "PATCH " + location + " HTTP/1.1\r\nHost: test\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                + "Content-Type: application/offset+octet-stream\r\nContent-Length: " + length + "\r\n\r\n";
        OutputStream out = socket.getOutputStream();
        out.write(head.getBytes(US_ASCII));
        out.write(new byte[sent]);
        out.flush();
        return socket;
    }

    private Path data() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".bin"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
