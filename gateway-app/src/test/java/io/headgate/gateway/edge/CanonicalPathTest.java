package io.headgate.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalPathTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/feed",
                "/files/",
                "/api/feed/a.b..c",
                "/api/feed/...",
                "/api/feed/.hidden",
                "/api/feed/a:b@c!$&'()*+,=~_-",
                "/api/feed/caf%C3%A9",
                "/api/feed/a%20b",
                "/api/feed/100%25",
                "/api/feed/100%25off"
            })
    void aPlainPathStaysAsItIs(String path) {
        assertThat(CanonicalPath.of(path)).isEqualTo(new CanonicalPath.Clear(path));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/%66eed, /api/feed",
        "/api/feed/%7Eada, /api/feed/~ada",
        "/api/feed/caf%c3%a9, /api/feed/caf%C3%A9",
        "/%61%70%69/feed, /api/feed"
    })
    void percentEncodingHasOneSpelling(String path, String canonical) {
        assertThat(CanonicalPath.of(path)).isEqualTo(new CanonicalPath.Clear(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api/feed",
                "//api/feed",
                "/api//feed",
                "/api/feed//",
                "/api/feed/..",
                "/api/feed/../files",
                "/api/./feed",
                "/./api/feed",
                "/..",
                "/api/feed/%2e%2e/files",
                "/api/feed/%2E/files",
                "/api/feed/.%2e/files",
                "/api/feed%2ffiles",
                "/api/feed%2Ffiles",
                "/api/feed%5cfiles",
                "/api/feed\\files",
                "/api/feed/%252e%252e/files",
                "/api/feed/%25%32%65",
                "/api/feed/%2525",
                "/api/feed;jsessionid=1",
                "/api/feed%3bx",
                "/api/feed/%00",
                "/api/feed/%0d%0aX:y",
                "/api/feed/%7f",
                "/api/feed/%",
                "/api/feed/%2",
                "/api/feed/%zz",
                "/api/feed/%u002e",
                "/api/feed/%ff",
                "/api/feed/%c0%ae%c0%ae/files",
                "/api/feed/%ed%a0%80",
                "/api/feed/é",
                "/api/feed/\u00ff",
                "/api/feed/%２Ｅ",
                "/api/feed/a b",
                "/api/feed/{id}",
                "/api/feed/<x>",
                "/api/feed/a|b",
                "/api/feed/a^b",
                "/api/feed/a\"b",
                "/api/feed/a#b",
                "/api/feed/a?b"
            })
    void whatServersReadDifferentlyGoesNowhere(String path) {
        assertThat(CanonicalPath.of(path)).isInstanceOf(CanonicalPath.Ambiguous.class);
    }
}
