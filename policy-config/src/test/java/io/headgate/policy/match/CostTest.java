package io.headgate.policy.match;

import static io.headgate.policy.match.PolicyUnderTest.ALICE;
import static io.headgate.policy.match.PolicyUnderTest.IP;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.match.PlannedLimit.Allowance;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What requests take from their limits. */
class CostTest {

    private static final PolicyUnderTest POLICY = PolicyUnderTest.of("""
            limits:
              api:     { per: user, rate: 60/min burst 20 }
              heavy:   { per: user, window: 1k/h }
              streams: { per: user, concurrent: 3 }
              bytes:   { per: user, quota: 5 GiB/day, unit: bytes }
              none:    { per: user, quota: 0, unit: bytes }
            routes:
              number:   { match: /number, limits: [api, heavy, streams], cost: 5 }
              mapping:  { match: /mapping, limits: [api, heavy, bytes], cost: { heavy: 7, bytes: 64 KiB } }
              plain:    { match: /plain, limits: [api, bytes], cost: { bytes: $content-length } }
              create:   { match: /files, limits: [bytes], cost: { bytes: $upload-length } }
              never:    { match: /never, limits: [none], cost: { none: $content-length } }
            """);

    private static List<PlannedLimit> limits(String path, Map<String, String> headers) {
        return POLICY.policy()
                .match(new RequestFacts("POST", "", path, headers::get, IP, ALICE))
                .limits();
    }

    private static Map<String, Long> costs(String path, Map<String, String> headers) {
        return limits(path, headers).stream()
                .collect(Collectors.toMap(
                        PlannedLimit::name,
                        limit ->
                                ((Allowance.Metered) limit.allowance()).charge().cost()));
    }

    private static Allowance only(String path, Map<String, String> headers) {
        assertThat(limits(path, headers)).hasSize(1);
        return limits(path, headers).get(0).allowance();
    }

    @Test
    void aNumberIsTheCostOfWhatCountsRequestsAndASlotIsASlot() {
        assertThat(costs("/number", Map.of()))
                .containsOnly(Map.entry("api", 5L), Map.entry("heavy", 5L), Map.entry("streams", 1L));
    }

    @Test
    void aMappingSaysItLimitByLimitAndTheOthersCostOne() {
        assertThat(costs("/mapping", Map.of()))
                .containsOnly(Map.entry("api", 1L), Map.entry("heavy", 7L), Map.entry("bytes", 65_536L));
    }

    @Test
    void aBodysSizeIsWhatContentLengthSays() {
        assertThat(costs("/plain", Map.of("Content-Length", "1000"))).containsEntry("bytes", 1_000L);
    }

    @Test
    void aRequestWithoutABodyCostsNoBytes() {
        assertThat(costs("/plain", Map.of())).containsOnlyKeys("api");
        assertThat(costs("/plain", Map.of("Content-Length", "0"))).containsOnlyKeys("api");
    }

    @Test
    void aBodyWithoutASizeIsNotDeclared() {
        assertThat(limits("/plain", Map.of("Transfer-Encoding", "chunked"))
                        .get(1)
                        .allowance())
                .isEqualTo(new Allowance.Undeclared(new Cost.Declared(Cost.Source.CONTENT_LENGTH)));
    }

    @Test
    void anUploadReservesItsWholeSize() {
        assertThat(costs("/files", Map.of("Upload-Length", "5368709120", "Content-Length", "0")))
                .containsEntry("bytes", 5L << 30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "+1", "1.5", "1e3", "0x10", " 1", "1, 1", "", "١"})
    void whatIsNoWholeNumberIsNotDeclared(String size) {
        assertThat(only("/files", Map.of("Upload-Length", size))).isInstanceOf(Allowance.Undeclared.class);
    }

    @Test
    void anUploadOfDeferredSizeIsNotDeclared() {
        assertThat(only("/files", Map.of("Upload-Defer-Length", "1"))).isInstanceOf(Allowance.Undeclared.class);
    }

    @ParameterizedTest
    @CsvSource({"5368709121, 5368709121", "99999999999999999999999, 9223372036854775807"})
    void whatIsMoreThanTheLimitEverHoldsIsTooMuch(String size, long cost) {
        assertThat(only("/files", Map.of("Upload-Length", size))).isEqualTo(new Allowance.TooLittle(cost));
    }

    @Test
    void whoMayBringNothingMayNotBringNothingEither() {
        assertThat(only("/never", Map.of())).isEqualTo(new Allowance.Never());
    }

    @Test
    void theExplanationSaysWhatARequestWithoutABodyDoesNotCost() {
        Explanation explanation =
                POLICY.policy().explain(new RequestFacts("POST", "", "/plain", HeaderFields.NONE, IP, ALICE));
        assertThat(explanation.limits().get(1)).isInstanceOf(Explanation.LimitVerdict.CostsNothing.class);
    }

    @Test
    void bytesReadAsSizes() {
        assertThat(limits("/plain", Map.of("Content-Length", "1")).get(1).words())
                .isEqualTo("5 GiB per calendar day");
        assertThat(List.of(ByteWords.of(1), ByteWords.of(1_234), ByteWords.of(500_000_000), ByteWords.of(3L << 20)))
                .containsExactly("1 byte", "1,234 bytes", "500 MB", "3 MiB");
    }
}
