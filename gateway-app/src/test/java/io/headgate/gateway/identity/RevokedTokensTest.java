package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevokedTokensTest {

    @Test
    void whatIsNoRevocationIsNamedWithItsLine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("revoked"), "jti a\nuser b\n\nsub c before noon\nsub d before\n");
        assertThatThrownBy(() -> RevokedTokens.read(file))
                .message()
                .contains(":2: user b (expected: jti <id>", ":4: sub c before noon", ":5: sub d before")
                .doesNotContain(":1:");
        assertThatThrownBy(() -> RevokedTokens.read(folder.resolve("missing")))
                .message()
                .contains("cannot be read");
    }
}
