package io.headgate.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {

    @Test
    void optionsThatAreNotGivenKeepWhatStandsInForThem() {
        Arguments arguments = Arguments.parse(List.of("--port=1", "--name=a=b"), "port", "name", "other");

        assertThat(arguments.port("port", 9)).isEqualTo(1);
        assertThat(arguments.text("name", "")).isEqualTo("a=b");
        assertThat(arguments.port("other", 9)).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --prot=1            | --prot: no such option (expected: --name, --port)
            port=1              | port=1: not an option (expected: --name=value)
            --port              | --port: not an option (expected: --name=value)
            --port=1 --port=2   | --port: given twice
            --port=65536        | --port: 65536 (expected: 0 to 65535)
            --port=x            | --port: x (expected: 0 to 65535)
            """)
    void aMistakeIsNamedWithWhatWasExpected(String line, String message) {
        assertThatThrownBy(() -> Arguments.parse(List.of(line.split(" ")), "port", "name")
                        .port("port", 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
