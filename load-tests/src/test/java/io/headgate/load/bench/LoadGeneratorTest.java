package io.headgate.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadGeneratorTest {

    @Test
    void everyAnswerIsCountedAndLookedAt() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Set<String> keys = ConcurrentHashMap.newKeySet();
        Set<String> paths = ConcurrentHashMap.newKeySet();
        DisposableServer server = HttpServer.create()
                .handle((request, response) -> {
                    keys.add(String.valueOf(request.requestHeaders().get("X-API-Key")));
                    paths.add(request.uri());
                    return switch (asked.incrementAndGet() % 10) {
                        case 0 -> response.status(503).send();
                        case 1 -> response.header("X-Left", "-1").send();
                        case 2 -> response.send();
                        default -> response.header("X-Left", "5").send();
                    };
                })
                .bindNow();
        try (GeneratorProcess generator = GeneratorProcess.start(List.of())) {
            // The first answer of a cold server and a cold client may take longer than a short load.
            Measurement cold = generator.run(new Load(server.port(), List.of("/"), List.of(""), 1, 0, 1_000, ""));
            assertThat(cold.uncharged()).isZero();

            List<String> callers = IntStream.range(0, 7)
                    .mapToObj(caller -> "X-API-Key: bench-user-" + caller)
                    .toList();
            // However short it came out on a busy machine, everything is counted; but let each key have been used.
            Measurement seen;
            do {
                asked.set(0);
                keys.clear();
                paths.clear();
                seen = generator.run(new Load(server.port(), List.of("/a", "/b"), callers, 3, 0, 500, "X-Left"));
            } while (seen.requests() < 10);
            assertThat(keys).hasSize(7).allMatch(key -> key.startsWith("bench-user-"));
            assertThat(paths).containsExactlyInAnyOrder("/a", "/b");
            // The last answer of each connection comes when the time is over.
            assertThat(seen.requests()).isEqualTo(asked.get() - 3);
            assertThat(seen.otherStatuses()).isEqualTo(Map.of(503, asked.get() / 10L));
            assertThat(seen.uncharged()).isEqualTo((asked.get() + 9) / 10 + (asked.get() + 8) / 10);
            assertThat(seen.p50Micros()).isPositive().isLessThanOrEqualTo(seen.p99Micros());
        } finally {
            server.disposeNow();
        }
    }

    @Test
    void aGatewayThatHangsUpEndsTheRun() throws Exception {
        DisposableServer server = HttpServer.create()
                .handle((request, response) ->
                        response.header("Connection", "close").send())
                .bindNow();
        try (GeneratorProcess generator = GeneratorProcess.start(List.of())) {
            assertThatThrownBy(
                            () -> generator.run(new Load(server.port(), List.of("/"), List.of(""), 1, 0, 10_000, "")))
                    .isInstanceOf(IOException.class);
        } finally {
            server.disposeNow();
        }
    }
}
