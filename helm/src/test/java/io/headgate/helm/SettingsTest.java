package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the chart tells the gateway, the gateway knows: its manual, which its own tests hold to it, names every setting. */
class SettingsTest {

    @ParameterizedTest
    @EnumSource
    void every_setting_is_in_the_gateways_manual(ValueSet values) throws IOException {
        assertThat(values.render().properties().keySet().stream().filter(name -> name.startsWith("headgate.")))
                .isNotEmpty()
                .isSubsetOf(documented());
    }

    @ParameterizedTest
    @EnumSource
    void so_is_every_variable(ValueSet values) throws IOException {
        assertThat(values.render().gateway().getEnv().stream()
                        .map(EnvVar::getName)
                        .filter(name -> name.startsWith("HEADGATE_")))
                .isSubsetOf(documented().stream().map(SettingsTest::variable).toList());
    }

    /** The variable that Spring Boot reads a setting from. */
    private static String variable(String setting) {
        return setting.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static Set<String> documented() throws IOException {
        return Pattern.compile("^\\| `(headgate\\.[a-z0-9.-]+)` \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../docs/gateway.md")))
                .results()
                .map((MatchResult row) -> row.group(1))
                .collect(Collectors.toSet());
    }
}
