package io.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedFixture.class)
class MetersDocTest {

    private final Fixture fixture;

    MetersDocTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void everyMeterOfTheManualIsThere() throws IOException {
        fixture.client("free").get("/api/feed/ada");
        String manual = Files.readString(Path.of("../docs/gateway.md"));
        List<String> documented = Pattern.compile("^\\| `([a-z0-9]+_[a-z0-9_]+)` \\|", Pattern.MULTILINE)
                .matcher(manual)
                .results()
                .map((MatchResult row) -> row.group(1))
                // Breakers and rollouts are there when the policy has some, and an access log when it is asked for.
                .filter(name -> !name.matches("(resilience4j|policy_rollout|access_log)_.*"))
                .toList();
        String exposed =
                Answer.to(fixture.gateway.managed("/actuator/prometheus")).body();
        assertThat(documented)
                .hasSize(31)
                .allSatisfy(name -> assertThat(exposed).contains("\n# TYPE " + name + " "));
    }
}
