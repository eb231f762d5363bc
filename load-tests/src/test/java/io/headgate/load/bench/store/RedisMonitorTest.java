package io.headgate.load.bench.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisMonitorTest {

    @Test
    void words_are_the_bytes_that_redis_was_sent() {
        String line = "1790000000.123456 [0 127.0.0.1:40000] \"EVALSHA\" \"a b\" \"\\x00\\xff\\n\\\"\\\\\\t\"";

        assertThat(RedisMonitor.words(line))
                .containsExactly(
                        new byte[] {'E', 'V', 'A', 'L', 'S', 'H', 'A'},
                        new byte[] {'a', ' ', 'b'},
                        new byte[] {0, -1, '\n', '"', '\\', '\t'});
    }
}
