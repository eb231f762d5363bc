package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedFixture.class)
class LimitsTest {

    private final Fixture fixture;

    LimitsTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void anAllowedAnswerCarriesItsLimitsTheTightestFirst() {
        Answer answer = fixture.client("free").get("/api/feed/ada");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("RateLimit-Policy"))
                .contains("\"api\";q=60;w=60, \"address\";q=30;w=3600, \"hourly\";q=2000;w=3600");
        assertThat(answer.header("RateLimit").orElseThrow())
                .matches("\"api\";r=19;t=1, \"address\";r=29;t=\\d+, \"hourly\";r=1999;t=\\d+");
        assertThat(answer.header("X-RateLimit-Limit")).contains("60");
        assertThat(answer.header("X-RateLimit-Remaining")).contains("19");
        assertThat(answer.header("X-RateLimit-Reset")).contains("1");
    }

    @Test
    void aBackendsHeadersOfTheSameNamesAreReplaced() {
        fixture.feed.stubFor(get("/api/feed/boaster")
                .willReturn(ok().withHeader("X-RateLimit-Limit", "1000000")
                        .withHeader("RateLimit", "\"mine\";r=1000000;t=1")));
        Answer answer = fixture.client("free").get("/api/feed/boaster");
        assertThat(answer.response().headers().allValues("X-RateLimit-Limit")).containsExactly("60");
        assertThat(answer.response().headers().allValues("RateLimit"))
                .singleElement()
                .asString()
                .doesNotContain("mine");
    }

    @Test
    void aCalendarQuotaIsCountedAndShown() {
        Answer answer = fixture.client("free").get("/api/feed/monthly");
        assertThat(answer.header("RateLimit-Policy")).contains("\"monthly\";q=3;w=2678400");
        assertThat(answer.header("RateLimit").orElseThrow()).startsWith("\"monthly\";r=2;t=");
    }

    @Test
    void aRefusalMayBlockForLonger() {
        Client client = fixture.client("free");
        assertThat(client.get("/api/feed/blocking").status()).isEqualTo(200);
        Answer answer = client.get("/api/feed/blocking");
        assertThat(Long.parseLong(answer.header("Retry-After").orElseThrow())).isGreaterThan(30_000);
        assertThat(answer.member("detail"))
                .startsWith("The free plan allows 1 request in any minute, and a refusal blocks for 10 hours. Wait ");
    }

    @Test
    void bytesAreCountedAsDeclared() {
        Client client = fixture.client("free");
        Answer answer = Answer.to(client.request("/api/feed/bytes")
                .POST(BodyPublishers.ofByteArray(new byte[1_000]))
                .build());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("RateLimit-Policy")).contains("\"bytes\";q=1048576;qu=\"content-bytes\";w=3600");
        assertThat(answer.header("X-RateLimit-Remaining")).contains("1047576");
        assertThat(client.get("/limits").member("limits")).contains("allows=1 MiB in any hour, unit=content-bytes");
    }

    @Test
    void moreBytesThanThePlanEverAllowsAreTooMany() throws IOException {
        String answer = upload("Content-Length: 2097152");
        assertThat(answer)
                .startsWith("HTTP/1.1 413 ")
                .contains("The free plan allows 1 MiB in any hour. This request brings 2 MiB.")
                .contains("\"violated-policies\":[\"bytes\"]")
                .doesNotContainIgnoringCase("Retry-After");
    }

    @Test
    void bytesThatAreNotDeclaredAreNotLetIn() throws IOException {
        assertThat(upload("Transfer-Encoding: chunked"))
                .startsWith("HTTP/1.1 411 ")
                .contains("The request has to declare its size as one whole number of bytes in Content-Length.");
    }

    private String upload(String framing) throws IOException {
        return RawHttp.send(
                fixture.gateway.port(),
                "POST /api/feed/bytes HTTP/1.1",
                "Host: localhost",
                "X-API-Key: key-free-150",
                "Connection: close",
                framing);
    }

    @Test
    void aRefusalExplainsItselfAndReachesNoBackend() {
        Client client = fixture.client("free");
        for (int i = 0; i < 3; i++) {
            assertThat(client.get("/api/feed/pair").status()).isEqualTo(200);
        }
        int before = fixture.feed
                .countRequestsMatching(
                        getRequestedFor(urlPathEqualTo("/api/feed/pair")).build())
                .getCount();
        Answer refused = client.get("/api/feed/pair");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Content-Type")).contains("application/problem+json");
        assertThat(refused.header("Cache-Control")).contains("no-store");
        long wait = Long.parseLong(refused.header("Retry-After").orElseThrow());
        assertThat(refused.json())
                .containsEntry("type", "https://iana.org/assignments/http-problem-types#quota-exceeded")
                .containsEntry("status", 429)
                .containsEntry("plan", "free")
                .containsEntry("docs", "https://developers.example.com/limits")
                .containsEntry("violated-policies", List.of("pair"))
                .containsEntry("retry-after", (int) wait);
        assertThat(refused.member("detail"))
                .isEqualTo("The free plan allows 3 requests in any hour. Wait " + wait + " seconds.");
        assertThat(refused.member("instance")).startsWith("urn:uuid:");
        String state = refused.header("RateLimit").orElseThrow();
        assertThat(state).startsWith("\"pair\";r=0;t=");
        long reset = Long.parseLong(state.replaceFirst("\"pair\";r=0;t=(\\d+).*", "$1"));
        assertThat(wait).isBetween(reset, reset + reset / 10);
        assertThat(fixture.feed
                        .countRequestsMatching(getRequestedFor(urlPathEqualTo("/api/feed/pair"))
                                .build())
                        .getCount())
                .isEqualTo(before);
    }

    @Test
    void retryAfterIsHonest() throws InterruptedException {
        Client client = fixture.client("free");
        Answer answer = client.get("/api/feed/brief");
        while (answer.status() == 200) {
            answer = client.get("/api/feed/brief");
        }
        long wait = Long.parseLong(answer.header("Retry-After").orElseThrow());
        assertThat(wait).isBetween(1L, 3L);
        Thread.sleep(Duration.ofSeconds(wait).toMillis());
        assertThat(client.get("/api/feed/brief").status()).isEqualTo(200);
    }

    @Test
    void aRefusedRequestConsumesNothing() {
        Client client = fixture.client("free");
        for (int i = 0; i < 3; i++) {
            client.get("/api/feed/pair");
        }
        int before = remaining(client, "exact");
        for (int i = 0; i < 10; i++) {
            assertThat(client.get("/api/feed/pair").status()).isEqualTo(429);
        }
        assertThat(remaining(client, "exact")).isEqualTo(before).isEqualTo(47);
    }

    @Test
    void askingForTheLimitsCostsNothing() {
        Client client = fixture.client("free");
        for (int i = 0; i < 40; i++) {
            assertThat(client.get("/limits").status()).isEqualTo(200);
        }
        assertThat(remaining(client, "address")).isEqualTo(30);
    }

    @Test
    void callersSeeTheirOwnLimitsOnly() {
        Answer limits = fixture.client("pro").get("/limits");
        assertThat(limits.member("plan")).isEqualTo("pro");
        assertThat(limits.member("limits"))
                .contains(
                        "name=api, allows=600 requests per minute with bursts of 120, limit=600, window=60, burst=120")
                .contains("name=hourly, allows=")
                .doesNotContain("capacity", "trial");
    }

    @Test
    void manyAtOnceAreAdmittedExactlyAsOftenAsAllowed() {
        Client client = fixture.client("pro");
        List<CompletableFuture<Answer>> answers = Stream.generate(
                        () -> Answer.later(client.request("/api/feed/exact").build()))
                .limit(200)
                .toList();
        assertThat(answers.stream().map(CompletableFuture::join).filter(answer -> answer.status() == 200))
                .hasSize(50);
        assertThat(answers.stream().map(CompletableFuture::join).filter(answer -> answer.status() == 429))
                .hasSize(150);
    }

    @Test
    void aLimitOnTrialIsSeenByOperatorsOnly() {
        Client client = fixture.client("free");
        assertThat(client.get("/api/feed/trial").status()).isEqualTo(200);
        Answer beyond = client.get("/api/feed/trial");
        assertThat(beyond.status()).isEqualTo(200);
        assertThat(beyond.header("RateLimit").orElseThrow()).doesNotContain("trial");
        assertThat(Answer.to(fixture.gateway.managed("/actuator/prometheus")).body())
                .containsPattern(
                        "ratelimit_decisions_total\\{[^}]*limit=\"trial\",outcome=\"shadow_denied\",plan=\"free\"} [1-9]");
    }

    @Test
    void whatThePlanDoesNotIncludeIsNotAQuestionOfTime() {
        Answer answer = fixture.client("free").get("/api/feed/export");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEmpty();
        assertThat(answer.member("detail"))
                .isEqualTo("The free plan does not include this: its limit \"export\" is 0.");
        assertThat(fixture.client("pro").get("/api/feed/export").status()).isEqualTo(200);
    }

    @Test
    void aFullServiceIs503AndKeepsItsNumbersToItself() {
        fixture.client("free").get("/api/feed/capacity");
        Answer answer = fixture.client("free").get("/api/feed/capacity");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(answer.member("type")).endsWith("#temporary-reduced-capacity");
        assertThat(answer.header("RateLimit").orElseThrow()).doesNotContain("capacity");
    }

    @Test
    void anonymousCallersAreCountedByAddress() {
        Client one = fixture.anonymous();
        Client other = fixture.anonymous();
        for (int i = 0; i < 10; i++) {
            assertThat(one.get("/api/feed/ada").status()).isEqualTo(200);
        }
        assertThat(one.get("/api/feed/ada").status()).isEqualTo(429);
        assertThat(other.get("/api/feed/ada").status()).isEqualTo(200);
    }

    @Test
    void aPathWithoutABackendIsAProblemToo() {
        Answer answer = fixture.anonymous().get("/nowhere");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
    }

    @Test
    void anEditOfThePolicyGoesLiveAndABrokenOneChangesNothing() throws Exception {
        Client client = fixture.client("free");
        String policy = Files.readString(fixture.policy);

        Files.writeString(fixture.policy, policy.replace("edited: { per: user, window: 2/h }", "edited: oops"));
        await(() -> health().contains("edited: oops"));
        assertThat(health()).contains("\"status\":\"UP\"", "policy.yaml:");
        assertThat(client.get("/api/feed/edited").header("RateLimit-Policy")).contains("\"edited\";q=2;w=3600");

        Files.writeString(fixture.policy, policy.replace("window: 2/h }", "window: 7/h }"));
        await(() -> client.get("/limits").body().contains("\"limit\":7"));
        Answer live = client.get("/api/feed/edited");
        assertThat(live.header("RateLimit-Policy")).contains("\"edited\";q=7;w=3600");
        // Half of the old limit was used, so half of the new one is, rounded up to 4; and now one more.
        assertThat(live.header("X-RateLimit-Remaining")).contains("2");
        assertThat(health()).doesNotContain("oops");

        Files.writeString(fixture.policy, policy);
    }

    private String health() {
        return Answer.to(fixture.gateway.managed("/actuator/health")).body();
    }

    private static void await(Supplier<Boolean> condition) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(60);
        while (!condition.get()) {
            assertThat(Instant.now()).isBefore(end);
            Thread.sleep(50);
        }
    }

    private static int remaining(Client client, String limit) {
        Matcher matcher = Pattern.compile("name=" + limit + ",[^}]* remaining=(\\d+)")
                .matcher(client.get("/limits").member("limits"));
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }
}
