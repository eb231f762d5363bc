package io.headgate.policy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.policy.match.Caller;
import io.headgate.policy.net.IpAddress;
import io.headgate.policy.replay.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLinesTest {

    private static final AccessRecord FULL = new AccessRecord(
            1_795_275_120_123_456L,
            "GET",
            "api.example.com",
            "/api/feed/\u00e4\"\\",
            Map.of("x-client", "ios", "content-length", "7"),
            Map.of(),
            Map.of("query.sid", "3f0c6a1be2d94f57"),
            IpAddress.parse("2001:db8::7").orElseThrow(),
            new Caller("ann", "acme", "pro", Map.of("device", "d1")),
            true,
            Verdict.REFUSED,
            List.of("api", "ip-flood"),
            List.of("upload-bytes"));

    private final AccessLines lines = new AccessLines();

    private String written(AccessRecord record) throws IOException {
        StringWriter out = new StringWriter();
        lines.write(record, out);
        return out.toString();
    }

    private AccessRecord read(String line) throws NotARecord {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return lines.read(bytes, 0, bytes.length);
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        AccessRecord unknown = new AccessRecord(
                0,
                "HEAD",
                "",
                "/",
                Map.of(),
                Map.of(),
                Map.of(),
                FULL.ip(),
                Caller.ANONYMOUS,
                false,
                null,
                List.of(),
                List.of());

        assertThat(read(written(FULL))).isEqualTo(FULL);
        assertThat(read(written(unknown))).isEqualTo(unknown);
    }

    @Test
    void aLineBeginsWithItsTimeSoThatLinesCanBeSorted() throws IOException {
        assertThat(written(FULL))
                .startsWith("{\"at\":\"2026-11-21T15:32:00.123456Z\",")
                .endsWith("}\n");
    }

    @Test
    void timesAreThoseOfTheJdk() throws Exception {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            long micros = random.nextLong(-60_000_000_000_000_000L, 250_000_000_000_000_000L);
            AccessRecord record = new AccessRecord(
                    micros,
                    "GET",
                    "",
                    "/",
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    FULL.ip(),
                    FULL.caller(),
                    true,
                    null,
                    List.of(),
                    List.of());
            String line = written(record);
            assertThat(Instant.parse(line.substring(7, 34))).isEqualTo(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
            assertThat(read(line)).isEqualTo(record);
        }
        assertThat(Moments.micros("2026-02-29T15:32:00.123456Z")).isEmpty();
        assertThat(Moments.micros("2024-02-29T23:59:59.999999Z")).isPresent();
        assertThat(Moments.micros("2024-02-29T24:00:00.000000Z")).isEmpty();
        assertThat(Moments.micros("2024-02-29 23:59:59.999999Z")).isEmpty();
    }

    @Test
    void keysThatAreNotKnownDoNotMatter() throws NotARecord {
        assertThat(
                        read("{\"v\":{\"a\":[1,{}]},\"at\":\"2026-11-21T15:32:00Z\",\"method\":\"GET\",\"path\":\"/\",\"ip\":\"::1\"}")
                                .path())
                .isEqualTo("/");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                                     | not an object of JSON",
                "{}                                                     | no at",
                "{\"at\":\"now\",\"method\":\"GET\",\"path\":\"/\",\"ip\":\"::1\"} | at: now (expected: a time such as 2026-11-21T15:32:00.123456Z)",
                "{\"at\":7}                                             | at: VALUE_NUMBER_INT (expected: text)",
                "{\"verdict\":\"ok\",\"at\":\"2026-11-21T15:32:00Z\",\"method\":\"GET\",\"path\":\"/\",\"ip\":\"::1\"} | verdict: ok (expected: allowed, refused, blocked, unauthenticated, forbidden or undecided)",
            })
    void whatIsNoRecordIsSaid(String line, String message) {
        assertThatThrownBy(() -> read(line)).isInstanceOf(NotARecord.class).hasMessage(message);
    }

    @Test
    void aFileIsReadLineByLineWhateverTheSizeOfItsLines(@TempDir Path folder) throws IOException {
        String line = written(FULL);
        String fat = line.replace("api.example.com", "a".repeat(100_000));
        String hopeless = line.replace("api.example.com", "a".repeat(2_000_000));
        Path file =
                Files.writeString(folder.resolve("log"), line + fat + "\n" + hopeless + line + line.stripTrailing());
        List<AccessRecord> read = new ArrayList<>();

        AccessLogFile.Reading reading = AccessLogFile.read(file, read::add, bytes -> {});

        assertThat(read).hasSize(4).filteredOn(FULL::equals).hasSize(3);
        assertThat(reading.lines()).isEqualTo(5);
        assertThat(reading.unreadable()).isEqualTo(1);
        assertThat(reading.firstUnreadable()).startsWith("line 3: not JSON");
    }
}
