package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConnectionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:6379",
                "http://localhost:6379",
                "redis://localhost",
                "redis://user:secret@localhost:6379",
                "redis://localhost:6379/0",
                "redis://local host:6379"
            })
    void an_address_that_is_none_is_named(String address) {
        assertThatThrownBy(() -> connections(RedisConnections.Mode.SINGLE, List.of(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("address: " + address + " (expected: redis://host:port or rediss://host:port)");
    }

    @Test
    void one_server_has_one_address() {
        assertThatThrownBy(() -> connections(RedisConnections.Mode.SINGLE, List.of("redis://a:1", "redis://b:2")))
                .hasMessage("addresses: [redis://a:1, redis://b:2] (expected: exactly one in mode SINGLE)");
    }

    private static RedisConnections connections(RedisConnections.Mode mode, List<String> addresses) {
        return new RedisConnections(mode, addresses, "", null, null, RedisTls.DEFAULT, Duration.ofMillis(100));
    }
}
