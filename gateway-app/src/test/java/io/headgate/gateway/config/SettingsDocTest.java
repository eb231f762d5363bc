package io.headgate.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SettingsDocTest {

    @Test
    void everySettingIsInTheManualAndNothingElse() throws IOException {
        String manual = Files.readString(Path.of("../docs/gateway.md"));
        List<String> documented = Pattern.compile("^\\| `(headgate\\.[a-z0-9.-]+)` \\|", Pattern.MULTILINE)
                .matcher(manual)
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
        assertThat(documented).containsExactlyInAnyOrderElementsOf(KnownSettings.names());
    }
}
