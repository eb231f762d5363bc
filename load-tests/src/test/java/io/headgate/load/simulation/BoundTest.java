package io.headgate.load.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

class BoundTest {

    @Test
    void theTightestLimitBindsAndMayRegainWhatTimeBrings() {
        Bound bound = new Bound(
                20, List.of(new Bound.Limit("api", 60, 60, 20), new Bound.Limit("api-hourly", 2_000, 3_600, 500)));

        assertThat(bound.fewest()).isEqualTo(20);
        assertThat(bound.most(2_500_000_000L)).isEqualTo(20 + 1 + 2);
        assertThat(bound.most(3_600_000_000_000L)).isEqualTo(500 + 1 + 2_000);
    }

    @Test
    void anExactBoundDoesNotGrow() {
        assertThat(Bound.exactly(500).most(Long.MAX_VALUE)).isEqualTo(500);
    }

    @Test
    void onlyLimitsThatApplyToThePathBind() throws Exception {
        String body = """
                {"plan": "free", "limits": [
                  {"name": "a", "allows": "60 a minute", "limit": 60, "window": 60, "burst": 20, "remaining": 7, "reset": 1},
                  {"name": "elsewhere", "allows": "1 a minute", "limit": 1, "window": 60, "remaining": 1, "reset": 0},
                  {"name": "b", "allows": "anything"}
                ]}""";
        DisposableServer server = HttpServer.create()
                .handle((request, response) -> {
                    if (!"k".equals(request.requestHeaders().get("X-API-Key"))) {
                        return response.status(401).send();
                    }
                    return request.fullPath().equals("/limits")
                            ? response.sendString(Mono.just(body))
                            : response.header("RateLimit-Policy", "\"a\";q=60;w=60")
                                    .send();
                })
                .bindNow();
        try {
            assertThat(Bound.ask("http://localhost:" + server.port(), "/path", "k"))
                    .isEqualTo(new Bound(7, List.of(new Bound.Limit("a", 60, 60, 7))));
        } finally {
            server.disposeNow();
        }
    }
}
