package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.testkit.KeyPairFiles;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/**
 * What a connection brings before its first request: TLS, a certificate, a header of the PROXY protocol. 127.0.0.9 is the
 * proxy that is trusted; everybody else on loopback is not.
 */
@Timeout(120)
class ConnectionsTest {

    private static final String PROXY = "127.0.0.9";
    private static final String KEY = "the key of ann";

    @TempDir
    static Path folder;

    private static RecordingBackend backend;
    private static KeyPairFiles server;
    private static KeyPairFiles uploader;
    private static DisposableServer spoken;
    private static RunningGateway encrypted;
    private static RunningGateway clear;

    @BeforeAll
    static void start() throws Exception {
        backend = RecordingBackend.start();
        server = KeyPairFiles.create(folder, "server");
        uploader = KeyPairFiles.create(folder, "uploader");
        spoken = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(spec -> spec.sslContext((GenericSslContextSpec<?>) Http11SslContextSpec.forServer(
                        server.certificate().toFile(), server.key().toFile())))
                .handle((request, response) -> response.sendString(Mono.just(
                        request.uri() + " of " + request.requestHeaders().get("X-Headgate-User"))))
                .bindNow();
        clear = gateway(
                "--headgate.edge.max-connections-per-client=3",
                "--headgate.backends.playback.uri=https://127.0.0.1:" + spoken.port(),
                "--spring.cloud.gateway.server.webflux.httpclient.ssl.trusted-x509-certificates="
                        + server.certificate());
        encrypted = gateway(
                "--spring.ssl.bundle.pem.public.reload-on-update=true",
                "--spring.ssl.bundle.pem.public.keystore.certificate=" + server.certificate(),
                "--spring.ssl.bundle.pem.public.keystore.private-key=" + server.key(),
                "--spring.ssl.bundle.pem.public.truststore.certificate=" + uploader.certificate(),
                "--spring.ssl.bundle.watch.file.quiet-period=100ms",
                "--server.ssl.bundle=public",
                "--server.ssl.client-auth=want",
                "--server.http2.enabled=true",
                "--headgate.auth.certificate-user=common-name");
    }

    private static RunningGateway gateway(String... settings) throws IOException {
        Path policy = Files.writeString(
                folder.resolve("policy.yaml"),
                Fixture.resource("/hostile/policy.yaml").replace("127.0.0.1", PROXY));
        Path keys = Files.writeString(
                folder.resolve("keys.yaml"),
                "keys: [{ id: a, sha256: %s, user: ann, plan: free }]".formatted(Fixture.sha256(KEY)));
        List<String> all = new ArrayList<>(List.of(
                "--headgate.policy=" + policy,
                "--headgate.store.type=memory",
                "--headgate.auth.api-keys=" + keys,
                "--headgate.edge.proxy-protocol=true",
                "--headgate.backends.feed.uri=" + backend.uri()));
        all.addAll(List.of(settings));
        return RunningGateway.start(all);
    }

    @AfterAll
    static void stop() throws IOException {
        encrypted.close();
        clear.close();
        spoken.disposeNow();
        backend.close();
    }

    /** Of a client that trusts this server, and has this certificate if any. */
    private static SSLContext tls(KeyPairFiles trusted, @Nullable KeyPairFiles own) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(trusted.certificate().toFile());
        if (own != null) {
            builder.keyManager(own.certificate().toFile(), own.key().toFile());
        }
        return ((JdkSslContext) builder.build()).context();
    }

    private static HttpResponse<String> ask(HttpClient client, String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + encrypted.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** The value of a field of the one request with this path that reached the backend. */
    private static Optional<String> received(String path, String field) {
        List<RecordingBackend.Arrival> arrivals = backend.arrivalsWith(path);
        assertThat(arrivals).hasSize(1);
        String start = field.toLowerCase(Locale.ROOT) + ":";
        return arrivals.get(0)
                .text()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()).strip())
                .findFirst();
    }

    private static String path() {
        return "/api/feed/" + UUID.randomUUID();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
    void bothVersionsAreServedUnderTls(HttpClient.Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .version(version)
                .sslContext(tls(server, null))
                .build();
        String path = path();
        HttpResponse<String> answer = ask(client, path, "X-Headgate-User", "forged");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(received(path, "X-Forwarded-Proto")).contains("https");
        assertThat(received(path, "X-Headgate-User")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
    void aCertificateNamesTheUserOfRequestsThatPresentNothingElse(HttpClient.Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .version(version)
                .sslContext(tls(server, uploader))
                .build();
        String withCertificate = path();
        assertThat(ask(client, withCertificate).statusCode()).isEqualTo(200);
        assertThat(received(withCertificate, "X-Headgate-User")).contains("uploader");
        assertThat(received(withCertificate, "X-Headgate-Plan")).contains("free");
        String withKey = path();
        assertThat(ask(client, withKey, "X-API-Key", KEY).statusCode()).isEqualTo(200);
        assertThat(received(withKey, "X-Headgate-User")).contains("ann");
        assertThat(ask(client, path(), "X-API-Key", "guessed").statusCode()).isEqualTo(401);
    }

    @Test
    void aCertificateThatNobodyVouchesForNamesNobody() throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(tls(server, KeyPairFiles.create(folder, "stranger")))
                .build();
        String path = path();
        assertThat(ask(client, path).statusCode()).isEqualTo(200);
        assertThat(received(path, "X-Headgate-User")).isEmpty();
    }

    @Test
    void framingIsGuardedUnderTlsToo() throws Exception {
        try (Socket plain = from("127.0.0.1", encrypted);
                SSLSocket socket = encrypt(plain)) {
            RawHttp.write(
                    socket,
                    RawHttp.request(
                            "POST /api/feed/smuggled HTTP/1.1",
                            "Host: localhost",
                            "Content-Length: 5",
                            "Transfer-Encoding: chunked"));
            assertThat(RawHttp.readToEnd(socket)).startsWith("HTTP/1.1 400 ");
        }
        assertThat(backend.arrivalsWith("/api/feed/smuggled")).isEmpty();
    }

    @Test
    void aNewCertificateIsShownToNewConnectionsAndOldOnesGoOn() throws Exception {
        KeyPairFiles first = KeyPairFiles.create(folder, "first");
        KeyPairFiles second = KeyPairFiles.create(folder, "second");
        Path certificate = Files.copy(first.certificate(), folder.resolve("shown.pem"));
        Path key = Files.copy(first.key(), folder.resolve("shown.key"));
        try (RunningGateway renewing = gateway(
                "--spring.ssl.bundle.pem.public.reload-on-update=true",
                "--spring.ssl.bundle.pem.public.keystore.certificate=" + certificate,
                "--spring.ssl.bundle.pem.public.keystore.private-key=" + key,
                "--spring.ssl.bundle.watch.file.quiet-period=100ms",
                "--server.ssl.bundle=public")) {
            try (SSLSocket old = shake(renewing)) {
                assertThat(shown(old)).isEqualTo("CN=first");
                Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
                Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
                String now = "CN=first";
                long end = System.nanoTime() + 60_000_000_000L;
                while (now.equals("CN=first") && System.nanoTime() < end) {
                    Thread.sleep(50);
                    try (SSLSocket next = shake(renewing)) {
                        now = shown(next);
                    }
                }
                assertThat(now).isEqualTo("CN=second");
                RawHttp.write(
                        old, RawHttp.request("GET " + path() + " HTTP/1.1", "Host: localhost", "Connection: close"));
                assertThat(RawHttp.readToEnd(old)).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void aBackendMaySpeakTls() {
        Answer answer = Answer.to(HttpRequest.newBuilder(clear.at("/play/1.m3u8"))
                .header("X-API-Key", KEY)
                .build());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("/play/1.m3u8 of ann");
    }

    private static SSLSocket shake(RunningGateway with) throws Exception {
        SSLContext anybody = ((JdkSslContext) SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build())
                .context();
        SSLSocket socket = (SSLSocket)
                anybody.getSocketFactory().createSocket(from("127.0.0.1", with), "127.0.0.1", with.port(), true);
        socket.startHandshake();
        return socket;
    }

    private static String shown(SSLSocket socket) throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    private static Socket from(String address, RunningGateway to) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(60_000);
        socket.bind(new InetSocketAddress(address, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), to.port()));
        return socket;
    }

    private static SSLSocket encrypt(Socket plain) throws IOException {
        return (SSLSocket) tls(server, null).getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
    }

    private static String get(String path, String... fields) {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        return request.append("Connection: close\r\n\r\n").toString();
    }

    @Test
    void aProxySaysWhoseConnectionItIsInVersion1() throws Exception {
        String path = path();
        try (Socket socket = from(PROXY, clear)) {
            RawHttp.write(socket, "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n" + get(path));
            assertThat(RawHttp.readToEnd(socket)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(received(path, "X-Forwarded-For")).contains("203.0.113.7");
    }

    @Test
    void aProxySaysWhoseConnectionItIsInVersion2BeforeTls() throws Exception {
        String path = path();
        try (Socket socket = from(PROXY, encrypted)) {
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            // Signature; version 2, PROXY; TCP over IPv6; 36 bytes: both addresses, both ports.
            header.write(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "21" + "21" + "0024"));
            header.write(InetAddress.getByName("2001:db8:7::9").getAddress());
            header.write(InetAddress.getByName("2001:db8::1").getAddress());
            header.write(HexFormat.of().parseHex("dc0401bb"));
            socket.getOutputStream().write(header.toByteArray());
            try (SSLSocket secured = encrypt(socket)) {
                RawHttp.write(secured, get(path));
                assertThat(RawHttp.readToEnd(secured)).startsWith("HTTP/1.1 200 ");
            }
        }
        assertThat(received(path, "X-Forwarded-For")).contains("2001:db8:7:0:0:0:0:9");
    }

    @Test
    void theHeaderMayComeByteByByteAndCountsForAllRequestsOfItsConnection() throws Exception {
        String first = path();
        String second = path();
        try (Socket socket = from(PROXY, clear)) {
            socket.setTcpNoDelay(true);
            byte[] start = "PROXY TCP6 2001:db8::5 2001:db8::1 4711 443\r\nGET ".getBytes(StandardCharsets.US_ASCII);
            for (byte b : start) {
                socket.getOutputStream().write(b);
            }
            RawHttp.write(socket, first + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            RawHttp.write(socket, get(second, "X-Forwarded-For: 198.51.100.1"));
            assertThat(RawHttp.readToEnd(socket).split("HTTP/1.1 200 ")).hasSize(3);
        }
        assertThat(received(first, "X-Forwarded-For")).contains("2001:db8:0:0:0:0:0:5");
        // The address is the client's, who is no proxy that could speak for others.
        assertThat(received(second, "X-Forwarded-For")).contains("2001:db8:0:0:0:0:0:5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"})
    void aConnectionOfTheProxysOwnIsServedAsSuch(String header) throws Exception {
        String path = path();
        try (Socket socket = from(PROXY, clear)) {
            RawHttp.write(socket, header + get(path));
            assertThat(RawHttp.readToEnd(socket)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(received(path, "X-Forwarded-For")).contains(PROXY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/feed/bare HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PROXY TCP4 203.0.113.7\r\n\r\n",
                "PROXY TCP4 localhost 192.0.2.1 56324 443\r\nGET /api/feed/bare HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PROXY TCP4 203.0.113.7 192.0.2.1 99999 443\r\nGET /api/feed/bare HTTP/1.1\r\nHost: localhost\r\n\r\n",
            })
    void aProxyWithoutAHeaderIsHungUpOn(String start) throws Exception {
        try (Socket socket = from(PROXY, clear)) {
            RawHttp.write(socket, start);
            assertThat(RawHttp.readToEnd(socket)).isEmpty();
        }
        assertThat(backend.arrivalsWith("/api/feed/bare")).isEmpty();
    }

    @Test
    void aHeaderOfAnybodyElseIsABadRequest() throws Exception {
        try (Socket socket = from("127.0.0.1", clear)) {
            RawHttp.write(socket, "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n" + get("/api/feed/claimed"));
            assertThat(RawHttp.readToEnd(socket)).startsWith("HTTP/1.1 400 ");
        }
        assertThat(backend.arrivalsWith("/api/feed/claimed")).isEmpty();
        String path = path();
        try (Socket socket = from("127.0.0.1", clear)) {
            RawHttp.write(socket, get(path));
            assertThat(RawHttp.readToEnd(socket)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(received(path, "X-Forwarded-For")).contains("127.0.0.1");
    }

    @Test
    void theClientsOfAProxyHaveACeilingOfConnectionsEach() throws Exception {
        String ann = "PROXY TCP4 203.0.113.50 192.0.2.1 4711 443\r\n";
        try (Socket first = from(PROXY, clear);
                Socket second = from(PROXY, clear);
                Socket third = from(PROXY, clear)) {
            for (Socket socket : List.of(first, second, third)) {
                RawHttp.write(socket, ann + "GET " + path() + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            try (Socket fourth = from(PROXY, clear);
                    Socket other = from(PROXY, clear)) {
                RawHttp.write(fourth, ann + get("/api/feed/fourth"));
                assertThat(RawHttp.readToEnd(fourth)).isEmpty();
                RawHttp.write(other, "PROXY TCP4 203.0.113.51 192.0.2.1 4711 443\r\n" + get(path()));
                assertThat(RawHttp.readToEnd(other)).startsWith("HTTP/1.1 200 ");
            }
        }
        assertThat(backend.arrivalsWith("/api/feed/fourth")).isEmpty();
    }
}
