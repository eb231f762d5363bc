package io.headgate.policy.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.TokenBucket;
import io.headgate.policy.match.Amount;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts, durations, amounts and dates as people write them. */
class TextTest {

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
        assertThat(AmountText.rate(text)).isEqualTo(new Amount.Metered(new TokenBucket(refill, period, burst)));
    }

    @ParameterizedTest
    @CsvSource({"2_000/h, 2000, PT1H", "5/min, 5, PT1M", "1.5M/week, 1500000, PT168H", "100/15min, 100, PT15M"})
    void aWindowIsASlidingWindow(String text, long limit, Duration window) throws Malformed {
        assertThat(AmountText.window(text)).isEqualTo(new Amount.Metered(new SlidingWindow(limit, window)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0/day", "0/min"})
    void zeroIsNever(String text) throws Malformed {
        assertThat(AmountText.rate(text)).isEqualTo(new Amount.Never());
        assertThat(AmountText.window(text)).isEqualTo(new Amount.Never());
    }

    @Test
    void unlimitedIsUnlimited() throws Malformed {
        assertThat(AmountText.rate("unlimited")).isEqualTo(new Amount.Unlimited());
        assertThat(AmountText.window("unlimited")).isEqualTo(new Amount.Unlimited());
    }

    @Test
    void anyTextReadsOrIsMalformedAndPointsInsideItself() {
        Random random = new Random(7);
        String alphabet = "0123456789_.kM/ smhindayweburstulimt-";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(16); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                AmountText.rate(text.toString());
                AmountText.window(text.toString());
            } catch (Malformed e) {
                assertThat(text.toString().startsWith(e.part(), e.offset()))
                        .as(text + " " + e.getMessage())
                        .isTrue();
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
