package io.headgate.gateway.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderTextTest {

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "auth0|5f7c8ec7,auth0|5f7c8ec7",
                "ada@example.com,ada@example.com",
                "Jürgen,J%C3%BCrgen",
                "☃,%E2%98%83",
                "☄,%E2%98%84",
                "100%,100%25",
                "%41,%2541",
                " ada,%20ada",
                "'a\r\nX-Headgate-Plan: pro',a%0D%0AX-Headgate-Plan:%20pro",
            })
    void aNameIsAlwaysAFieldValueAndTwoNamesAreTwo(String name, String text) {
        assertThat(HeaderText.of(name)).isEqualTo(text);
    }
}
