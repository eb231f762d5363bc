package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The policy of the tests blocks 10.66.0.0/16 and free200, and exempts free199 from the limit "pair". */
@ExtendWith(SharedFixture.class)
class ListsTest {

    private final Fixture fixture;

    ListsTest(Fixture fixture) {
        this.fixture = fixture;
    }

    private Client client(String address) {
        return new Client(fixture.gateway, "", List.of("X-Forwarded-For", address));
    }

    private Client user(String user) {
        return client("10.2.0.1").with("X-API-Key", user.replace("free", "key-free-"));
    }

    @Test
    void aBlockedAddressIsTurnedAwayWhateverItPresents() {
        for (Client blocked : List.of(client("10.66.1.2"), client("10.66.1.2").with("X-API-Key", "no such key"))) {
            Answer answer = blocked.get("/api/feed/blocked-address");
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.header("Content-Type")).contains("application/problem+json");
            assertThat(answer.header("RateLimit")).isEmpty();
            assertThat(answer.body()).doesNotContain("INC-1");
        }
        fixture.feed.verify(0, getRequestedFor(urlPathEqualTo("/api/feed/blocked-address")));
        assertThat(blockedBy("ip")).isPositive();
    }

    @Test
    void aBlockedUserIsTurnedAwayOnEveryPath() {
        assertThat(user("free200").get("/api/feed/ada").status()).isEqualTo(403);
        assertThat(user("free200").get("/limits").status()).isEqualTo(403);
        assertThat(user("free198").get("/limits").status()).isEqualTo(200);
        assertThat(blockedBy("user")).isPositive();
    }

    @Test
    void anExemptUserIsCountedAndNeverRefused() {
        for (int i = 0; i < 3; i++) {
            assertThat(user("free199").get("/api/feed/pair").header("RateLimit").orElseThrow())
                    .doesNotContain("pair");
        }
        assertThat(user("free199").get("/api/feed/pair").status()).isEqualTo(200);
        assertThat(counted("ratelimit_decisions_total", "limit=\"pair\"", "outcome=\"exempt\""))
                .isPositive();
    }

    private double blockedBy(String kind) {
        return counted("ratelimit_blocked_total", "by=\"" + kind + "\"");
    }

    /** Sum of all samples of a counter that have the tags. */
    private double counted(String counter, String... tags) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(counter + "{"))
                .filter(line -> Stream.of(tags).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String metrics() {
        return Answer.to(fixture.gateway.managed("/actuator/prometheus")).body();
    }
}
