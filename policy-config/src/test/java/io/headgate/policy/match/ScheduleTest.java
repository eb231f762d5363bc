package io.headgate.policy.match;

import static io.headgate.policy.match.PolicyUnderTest.ALICE;
import static io.headgate.policy.match.PolicyUnderTest.IP;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts that hold for some time, without a reload at their begin or end. */
class ScheduleTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Caller BOB = new Caller("bob", null, "pro");

    private final PolicyUnderTest policy = PolicyUnderTest.of("""
            defaults: { timezone: Europe/Berlin }
            identity:
              plan: { default: free }
              anonymous: { plan: free }
            limits:
              api:   { per: user, type: rate }
              flood: { per: ip, rate: 300/min, stage: before-auth }
              open:  { per: user, concurrent: 3 }
            plans:
              free: { api: 60/min burst 20 }
              pro:  { api: 600/min burst 120 }
            routes:
              feed: { match: /feed, limits: [api, flood, open] }
            overrides:
              - { for: { user: vip }, set: { api: 1/min }, reason: "A", until: 2030-01-01 }
              - { for: { user: guest }, plan: pro, reason: "B", until: 2030-01-01 }
            schedules:
              - { name: night, when: "daily 22:00-06:00", plans: [pro], scale: { api: x3, open: x2 } }
              - { name: flood, when: "daily 22:00-06:00", scale: { flood: x0.5 } }
              - { name: final, when: 2026-12-05 18:00 to 2026-12-05 23:00, set: { pro: { api: 40/min burst 10 } } }
            """);

    private String words(Caller caller, String limit) {
        return policy.get(caller).limits().stream()
                .filter(planned -> planned.name().equals(limit))
                .map(PlannedLimit::words)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-06-01T12:00:00Z,     '600 requests per minute with bursts of 120'",
        "2026-06-01T19:59:59.999Z, '600 requests per minute with bursts of 120'",
        "2026-06-01T20:00:00Z,     '1,800 requests per minute with bursts of 360'",
        "2026-06-02T03:59:59.999Z, '1,800 requests per minute with bursts of 360'",
        "2026-06-02T04:00:00Z,     '600 requests per minute with bursts of 120'",
        "2026-12-01T20:59:59Z,     '600 requests per minute with bursts of 120'",
        "2026-12-01T21:00:00Z,     '1,800 requests per minute with bursts of 360'",
    })
    void aDailyWindowBeginsAndEndsByTheClockOfThePolicysZone(String now, String words) {
        policy.at(now);
        assertThat(words(BOB, "api")).isEqualTo(words);
    }

    @Test
    void itTakesHoldAndLetsGoInOnePolicyThatStaysLoaded() {
        List<String> seen = new ArrayList<>();
        for (String now : List.of("2026-06-01T12:00:00Z", "2026-06-01T23:00:00Z", "2026-06-02T12:00:00Z")) {
            policy.at(now);
            seen.add(words(BOB, "open") + ", " + words(BOB, "flood"));
        }
        assertThat(seen)
                .containsExactly(
                        "3 at a time, 300 requests per minute",
                        "6 at a time, 150 requests per minute",
                        "3 at a time, 300 requests per minute");
    }

    @Test
    void theCounterStaysWhatItWas() {
        policy.at("2026-06-01T12:00:00Z");
        PlannedLimit.Allowance day = policy.get(BOB).limits().get(0).allowance();
        policy.at("2026-06-01T23:00:00Z");
        PlannedLimit.Allowance night = policy.get(BOB).limits().get(0).allowance();
        assertThat(((PlannedLimit.Allowance.Metered) night).charge().key())
                .isEqualTo(((PlannedLimit.Allowance.Metered) day).charge().key());
        assertThat(night).isNotEqualTo(day);
    }

    @Test
    void itLeavesOtherPlansAlone() {
        policy.at("2026-06-01T23:00:00Z");
        assertThat(words(ALICE, "api")).isEqualTo("60 requests per minute with bursts of 20");
    }

    @Test
    void aDatedWindowGoesBeforeADailyOne() {
        policy.at("2026-12-05T17:00:00Z");
        assertThat(words(BOB, "api")).isEqualTo("40 requests per minute with bursts of 10");
        policy.at("2026-12-05T21:59:59Z");
        assertThat(words(BOB, "api")).isEqualTo("40 requests per minute with bursts of 10");
        policy.at("2026-12-05T22:00:00Z");
        assertThat(words(BOB, "api")).isEqualTo("1,800 requests per minute with bursts of 360");
    }

    @Test
    void anOverrideGoesBeforeASchedule() {
        policy.at("2026-06-01T23:00:00Z");
        assertThat(words(new Caller("vip", null, "pro"), "api")).isEqualTo("1 request per minute");
        assertThat(words(new Caller("guest", null, "free"), "api"))
                .isEqualTo("1,800 requests per minute with bursts of 360");
    }

    @Test
    void theExplanationNamesWhatHolds() {
        policy.at("2026-12-05T21:30:00Z");
        assertThat(policy.policy()
                        .explain(new RequestFacts("GET", "/feed", IP, BOB))
                        .schedules())
                .extracting(ScheduleRule::name)
                .containsExactly("night", "flood", "final");
        policy.at("2026-12-06T12:00:00Z");
        assertThat(policy.policy()
                        .explain(new RequestFacts("GET", "/feed", IP, BOB))
                        .schedules())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // Clocks go from 02:00 to 03:00 on 29 March and from 03:00 back to 02:00 on 25 October 2026.
        "02:30, 05:00, 2026-03-29T01:29:59Z, false",
        "02:30, 05:00, 2026-03-29T01:30:00Z, true",
        "02:30, 05:00, 2026-03-29T03:00:00Z, false",
        "02:30, 05:00, 2026-10-25T00:29:59Z, false",
        "02:30, 05:00, 2026-10-25T00:30:00Z, true",
        "02:30, 05:00, 2026-10-25T03:59:59Z, true",
        "02:30, 05:00, 2026-10-25T04:00:00Z, false",
        "22:00, 02:30, 2026-10-25T00:29:59Z, true",
        "22:00, 02:30, 2026-10-25T00:30:00Z, false",
    })
    void aChangeOfClocksMovesNothingElse(String from, String to, Instant now, boolean holds) {
        assertThat(new ScheduleWindow.Daily(LocalTime.parse(from), LocalTime.parse(to), BERLIN).holdsAt(now))
                .isEqualTo(holds);
    }

    /** What is worked out once per period is what a look at each moment would say. */
    @Test
    void betweenTwoChangesNothingChanges() {
        Random random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            LocalTime from = LocalTime.MIN.plusMinutes(random.nextInt(1_440));
            LocalTime to = from.plusMinutes(1 + random.nextInt(1_438));
            ScheduleWindow window = new ScheduleWindow.Daily(from, to, BERLIN);
            Instant now = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(365 * 86_400));
            Instant change = window.nextChange(now);

            assertThat(change).isAfter(now).isBefore(now.plusSeconds(26 * 3_600));
            assertThat(window.holdsAt(change.minusNanos(1))).isEqualTo(window.holdsAt(now));
            assertThat(window.holdsAt(change)).isNotEqualTo(window.holdsAt(now));
        }
    }
}
