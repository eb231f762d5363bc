package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.match.IdentityRules;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsTest {

    private static final IdentityRules RULES =
            new IdentityRules(List.of(), 32, 64, "sub", null, null, null, Set.of(), "free", "anonymous");

    @ParameterizedTest
    @ValueSource(strings = {"half \ud800", "\udc00", "lost \ufffd"})
    void aNameThatOthersWouldReadTheSameIsNone(String name) {
        assertThat(new Claims(Map.of("sub", name), Instant.MAX).caller(RULES)).isEmpty();
    }
}
