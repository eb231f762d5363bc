package io.headgate.policy.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.TokenUnit;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts, durations, amounts and dates as people write them. */
class TextTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Duration LEASE = Duration.ofSeconds(45);
    private static final AmountSyntax RATE = syntax(Verb.RATE, TokenUnit.REQUESTS);
    private static final AmountSyntax WINDOW = syntax(Verb.WINDOW, TokenUnit.REQUESTS);
    private static final AmountSyntax QUOTA = syntax(Verb.QUOTA, TokenUnit.REQUESTS);
    private static final AmountSyntax CONCURRENT = syntax(Verb.CONCURRENT, TokenUnit.SLOTS);
    private static final AmountSyntax RATE_OF_BYTES = syntax(Verb.RATE, TokenUnit.BYTES);
    private static final AmountSyntax WINDOW_OF_BYTES = syntax(Verb.WINDOW, TokenUnit.BYTES);
    private static final List<AmountSyntax> SYNTAXES =
            List.of(RATE, WINDOW, QUOTA, CONCURRENT, RATE_OF_BYTES, WINDOW_OF_BYTES);

    private static AmountSyntax syntax(Verb verb, TokenUnit unit) {
        return new AmountSyntax(verb, unit, BERLIN, LEASE, Optional.empty());
    }

    private static long count(String text) throws Malformed {
        return CountText.parse(new Word(text, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "60, 60",
        "2_000, 2000",
        "20_000, 20000",
        "1_000_000, 1000000",
        "20k, 20000",
        "1.5M, 1500000",
        "1.5k, 1500",
        "0.5k, 500",
        "0.001k, 1",
        "1.234567M, 1234567",
        "1.50k, 1500",
        "2_000k, 2000000",
        "1.0, 1",
        "4503599627370496, 4503599627370496",
    })
    void countsAreExact(String text, long count) throws Malformed {
        assertThat(count(text)).isEqualTo(count);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "+1",
                "1.5",
                "1.0005k",
                "1e3",
                "0x10",
                "1,000",
                "_1",
                "1_",
                "1__0",
                "1 000",
                "01",
                "00",
                "k",
                "1K",
                "1m",
                "1G",
                "1kk",
                ".5k",
                "1.k",
                "NaN",
                "4503599627370497",
                "999999999999999999999999999999",
                "٣",
            })
    void whatIsNoExactCountIsRefused(String text) {
        assertThatThrownBy(() -> count(text)).isInstanceOf(Malformed.class);
    }

    @Test
    void aCountReadsAsWhatItWasWrittenFrom() throws Malformed {
        Random random = new Random(42);
        for (int i = 0; i < 10_000; i++) {
            long count = random.nextLong(Quota.MAX_COUNT + 1);
            assertThat(count(Long.toString(count))).isEqualTo(count);
            long thousands = count / 1_000;
            assertThat(count(thousands + "k")).isEqualTo(thousands * 1_000);
            long millis = random.nextLong(1_000_000_000);
            assertThat(count(String.format("%d.%03dk", millis / 1_000, millis % 1_000)))
                    .isEqualTo(millis);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "20ms, PT0.02S",
        "1s, PT1S",
        "45s, PT45S",
        "15min, PT15M",
        "15 min, PT15M",
        "24h, PT24H",
        "1day, PT24H",
        "2week, PT336H",
        "1_000ms, PT1S",
    })
    void durationsAreANumberAndAUnit(String text, Duration duration) throws Malformed {
        assertThat(DurationText.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20",
                "ms",
                "0s",
                "-1s",
                "1.5s",
                "1.5ks",
                "20 ms ms",
                "1m",
                "1month",
                "1S",
                "99999999999999week"
            })
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1ms", "20ms", "10s", "90s", "1min", "1h", "1day", "1week", "8day"})
    void aDurationIsWrittenAsItWasRead(String text) throws Malformed {
        assertThat(DurationText.format(DurationText.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "60/min burst 20,     60,     PT1M,   20",
        "60/min,              60,     PT1M,   60",
        "1/s,                 1,      PT1S,   1",
        "2_000/h,             2000,   PT1H,   2000",
        "20k/h,               20000,  PT1H,   20000",
        "1.5M/day,            1500000, PT24H, 1500000",
        "10k/min burst 2k,    10000,  PT1M,   2000",
        "100/15min,           100,    PT15M,  100",
        "'  60/min   burst 20 ', 60,  PT1M,   20",
        "5/250ms burst 1,     5,      PT0.25S, 1",
    })
    void aRateIsATokenBucket(String text, long refill, Duration period, long burst) throws Malformed {
        assertThat(RATE.parse(text)).isEqualTo(new Amount.Metered(new TokenBucket(refill, period, burst)));
    }

    @ParameterizedTest
    @CsvSource({"2_000/h, 2000, PT1H", "5/min, 5, PT1M", "1.5M/week, 1500000, PT168H", "100/15min, 100, PT15M"})
    void aWindowIsASlidingWindow(String text, long limit, Duration window) throws Malformed {
        assertThat(WINDOW.parse(text)).isEqualTo(new Amount.Metered(new SlidingWindow(limit, window)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0/day", "0/min"})
    void zeroIsNever(String text) throws Malformed {
        assertThat(RATE.parse(text)).isEqualTo(new Amount.Never());
        assertThat(WINDOW.parse(text)).isEqualTo(new Amount.Never());
        assertThat(WINDOW_OF_BYTES.parse(text)).isEqualTo(new Amount.Never());
    }

    @Test
    void unlimitedIsUnlimited() throws Malformed {
        assertThat(RATE.parse("unlimited")).isEqualTo(new Amount.Unlimited());
        assertThat(WINDOW.parse("unlimited")).isEqualTo(new Amount.Unlimited());
        assertThat(QUOTA.parse("unlimited")).isEqualTo(new Amount.Unlimited());
        assertThat(CONCURRENT.parse("unlimited")).isEqualTo(new Amount.Unlimited());
    }

    @ParameterizedTest
    @CsvSource({"100/day, 100, DAY", "2k/week, 2000, WEEK", "1.5M/month, 1500000, MONTH"})
    void aQuotaIsACalendarQuota(String text, long limit, CalendarQuota.Unit unit) throws Malformed {
        assertThat(QUOTA.parse(text)).isEqualTo(new Amount.Metered(new CalendarQuota(limit, unit, BERLIN)));
        assertThat(QUOTA.parse("0/" + unit.name().toLowerCase(Locale.ROOT))).isEqualTo(new Amount.Never());
    }

    @ParameterizedTest
    @ValueSource(strings = {"5/h", "5/2day", "5/year", "5", "5/day burst 2", "5/day 2", "5 GiB/day", "0/h"})
    void aQuotaHasADayAWeekOrAMonth(String text) {
        assertThatThrownBy(() -> QUOTA.parse(text)).isInstanceOf(Malformed.class);
    }

    @Test
    void aNumberAtATimeIsALimitOfConcurrency() throws Malformed {
        assertThat(CONCURRENT.parse("3")).isEqualTo(new Amount.Metered(new Concurrency(3, LEASE)));
        assertThat(CONCURRENT.parse("0")).isEqualTo(new Amount.Never());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3/min", "0/min", "1001", "3 burst 2", "three", "-1"})
    void whatIsNoNumberAtATimeIsRefused(String text) {
        assertThatThrownBy(() -> CONCURRENT.parse(text)).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1 B/day,      1",
        "500 MB/day,   500000000",
        "500MB/day,    500000000",
        "5 GiB/day,    5368709120",
        "1.5 KiB/day,  1536",
        "2_000 kB/day, 2000000",
        "1 TB/day,     1000000000000",
        "4096 TiB/day, 4503599627370496",
    })
    void sizesAreExact(String text, long bytes) throws Malformed {
        assertThat(WINDOW_OF_BYTES.parse(text))
                .isEqualTo(new Amount.Metered(new SlidingWindow(bytes, Duration.ofDays(1))));
    }

    @Test
    void aBurstOfBytesIsASizeToo() throws Malformed {
        assertThat(RATE_OF_BYTES.parse("8 MiB/s burst 64 MiB"))
                .isEqualTo(new Amount.Metered(new TokenBucket(8L << 20, Duration.ofSeconds(1), 64L << 20)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"5/day", "5k/day", "5 M/day", "5 G/day", "0.3 B/day", "4097 TiB/day", "5  GiB/day", "GiB/day"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> WINDOW_OF_BYTES.parse(text)).isInstanceOf(Malformed.class);
    }

    @Test
    void anyTextReadsOrIsMalformedAndPointsInsideItself() {
        Random random = new Random(7);
        String alphabet = "0123456789_.kMGTiB/ smhindayweburstulimt-";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(16); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            for (AmountSyntax syntax : SYNTAXES) {
                try {
                    syntax.parse(text.toString());
                } catch (Malformed e) {
                    assertThat(text.toString().startsWith(e.part(), e.offset()))
                            .as(text + " " + e.getMessage())
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2027-03-31,                2027-03-31T22:00:00Z",
        "2026-12-31,                2026-12-31T23:00:00Z",
        "2026-12-15T18:00,          2026-12-15T17:00:00Z",
        "2026-12-15T18:00:30,       2026-12-15T17:00:30Z",
        "2026-12-15T18:00Z,         2026-12-15T18:00:00Z",
        "2026-12-15T18:00:00+05:30, 2026-12-15T12:30:00Z",
    })
    void aDateLastsToItsEndInThePolicysZone(String text, Instant until) throws Malformed {
        assertThat(UntilText.parse(text, ZoneId.of("Europe/Berlin"))).isEqualTo(until);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "2027",
                "2027-13-01",
                "2027-02-30",
                "31.03.2027",
                "2027-03-31 18:00",
                "2027-03-31T25:00"
            })
    void whatIsNoDateIsRefused(String text) {
        assertThatThrownBy(() -> UntilText.parse(text, ZoneId.of("UTC"))).isInstanceOf(Malformed.class);
    }
}
