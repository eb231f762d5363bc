package io.headgate.policy.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void everyKindOfValueIsWritten() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a \"b\" \\ \n\t\u0001\u007f é");
        map.put("list", Arrays.asList(1, 2.5, true, null));
        map.put("empty", List.of(Map.of(), List.of()));

        assertThat(Json.write(map)).isEqualTo("""
                        {
                          "text": "a \\"b\\" \\\\ \\n\\t\\u0001\\u007f é",
                          "list": [
                            1,
                            2.5,
                            true,
                            null
                          ],
                          "empty": [
                            {},
                            []
                          ]
                        }""");
    }

    @Test
    void whatJsonDoesNotKnowIsAMistake() {
        assertThatThrownBy(() -> Json.write(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }
}
