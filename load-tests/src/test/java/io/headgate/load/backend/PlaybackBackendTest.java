package io.headgate.load.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaybackBackendTest {

    private static final String MASTER = "/play/demo/master.m3u8";
    private static final String SEGMENT = "/play/demo/180p/segment-00.m4s";

    private static RunningBackends backends;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        backends = new RunningBackends(folder);
    }

    @AfterAll
    static void stop() {
        backends.close();
    }

    @Test
    void aPlayerFindsEverythingThatThePlaylistsName() throws Exception {
        Map<URI, Integer> sizes = new LinkedHashMap<>();
        HttpResponse<byte[]> master = get(MASTER);
        List<URI> renditions = references(master);
        assertThat(renditions).hasSize(3);
        for (URI rendition : renditions) {
            HttpResponse<byte[]> playlist = backends.send("GET", rendition);
            assertThat(playlist.headers().firstValue("Content-Type")).contains("application/vnd.apple.mpegurl");
            assertThat(new String(playlist.body(), UTF_8)).contains("#EXT-X-ENDLIST");
            HttpResponse<byte[]> start = backends.send("GET", rendition.resolve("init.mp4"));
            assertThat(start.headers().firstValue("Content-Type")).contains("video/mp4");
            sizes.put(start.uri(), start.body().length);
            for (URI segment : references(playlist)) {
                HttpResponse<byte[]> media = backends.send("GET", segment);
                assertThat(media.statusCode()).isEqualTo(200);
                assertThat(media.headers().firstValue("Content-Type")).contains("video/iso.segment");
                sizes.put(segment, media.body().length);
            }
        }
        assertThat(sizes).hasSize(3 * (1 + 8));
        assertThat(sizes.values().stream().mapToInt(Integer::intValue).sum()).isLessThan(1_000_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            206 | bytes=0-0      | 0     | 1
            206 | bytes=100-199  | 100   | 200
            206 | bytes=1000-    | 1000  | end
            206 | bytes=-10      | end-10| end
            206 | bytes=0-999999 | 0     | end
            206 | bytes=-999999  | 0     | end
            200 | bytes=5-2      | 0     | end
            200 | bytes=0-1,4-5  | 0     | end
            200 | bytes=-        | 0     | end
            200 | items=0-1      | 0     | end
            """)
    void aRangeGivesThatPartOfTheFile(int status, String range, String from, String to) throws Exception {
        byte[] whole = get(SEGMENT).body();
        int first = position(from, whole.length);
        int end = position(to, whole.length);

        HttpResponse<byte[]> part = get(SEGMENT, "Range", range);
        assertThat(part.statusCode()).isEqualTo(status);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, first, end));
        if (status == 206) {
            assertThat(part.headers().firstValue("Content-Range"))
                    .contains("bytes " + first + "-" + (end - 1) + "/" + whole.length);
        }
    }

    @ParameterizedTest
    @CsvSource({"bytes=999999-", "bytes=999999-9999999", "bytes=-0"})
    void aRangeBeyondTheFileIsRefusedWithItsLength(String range) throws Exception {
        int length = get(SEGMENT).body().length;
        HttpResponse<byte[]> answer = get(SEGMENT, "Range", range);
        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(answer.headers().firstValue("Content-Range")).contains("bytes */" + length);
    }

    @Test
    void aRangeOfAnotherVersionGivesTheWholeFile() throws Exception {
        String tag = get(SEGMENT).headers().firstValue("ETag").orElseThrow();
        assertThat(get(SEGMENT, "Range", "bytes=0-9", "If-Range", tag).statusCode())
                .isEqualTo(206);
        assertThat(get(SEGMENT, "Range", "bytes=0-9", "If-Range", "\"older\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void aFileThatThePlayerHasIsNotSentAgain() throws Exception {
        String tag = get(SEGMENT).headers().firstValue("ETag").orElseThrow();
        HttpResponse<byte[]> again = get(SEGMENT, "If-None-Match", tag, "Range", "bytes=0-9");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void headTellsTheLengthWithoutTheBytes() throws Exception {
        HttpResponse<byte[]> head = backends.send("HEAD", backends.playback(SEGMENT));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("Content-Length"))
                .hasValue(get(SEGMENT).body().length);
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"404, GET, /play/demo/", "404, GET, /play/demo/../demo/master.m3u8x", "405, PUT, " + MASTER})
    void otherRequestsAreAnsweredForWhatTheyAre(int status, String method, String path) throws Exception {
        assertThat(backends.send(method, backends.playback(path)).statusCode()).isEqualTo(status);
    }

    @Test
    void theQueryOfASessionIsIgnored() throws Exception {
        assertThat(get(MASTER + "?sid=42").statusCode()).isEqualTo(200);
    }

    /** A position as the table writes it: counted from the start, or from the end as {@code end} or {@code end-10}. */
    private static int position(String text, int length) {
        return text.startsWith("end")
                ? length - Integer.parseInt("0" + text.substring(3).replace("-", ""))
                : Integer.parseInt(text);
    }

    private static List<URI> references(HttpResponse<byte[]> playlist) {
        return new String(playlist.body(), UTF_8)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(playlist.uri()::resolve)
                .toList();
    }

    private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return backends.send("GET", backends.playback(path), headers);
    }
}
