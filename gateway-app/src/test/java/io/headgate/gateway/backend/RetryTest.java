package io.headgate.gateway.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class RetryTest {

    @ParameterizedTest
    @CsvSource({
        // What nobody has seen may be sent again, while its body is there.
        "UNREACHED,        POST, 9, false, true",
        "UNREACHED,        POST, 9, true,  false",
        "UNREACHED,        POST, 0, true,  true",
        "STALE_CONNECTION, GET,  0, true,  true",
        "STALE_CONNECTION, PUT,  9, true,  false",
        // What may have been seen, only if that does not matter.
        "BROKEN,           GET,  0, true,  true",
        "BROKEN,           PUT,  0, true,  true",
        "BROKEN,           PUT,  9, false, false",
        "BROKEN,           POST, 0, false, false",
        "BROKEN,           PATCH, 0, false, false",
        "UNAVAILABLE,      GET,  0, true,  true",
        "UNAVAILABLE,      POST, 0, true,  false",
        // What says enough, or took too long, is not asked again.
        "ANSWERED_5XX,     GET,  0, true,  false",
        "TIMED_OUT,        GET,  0, true,  false",
        "BREAKER_OPEN,     GET,  0, false, false",
        "CLIENT_GONE,      PUT,  9, true,  false",
    })
    void isHarmless(Failure failure, String method, int length, boolean bodyTouched, boolean harmless) {
        MockServerHttpRequest request = MockServerHttpRequest.method(HttpMethod.valueOf(method), "/")
                .contentLength(length)
                .build();
        assertThat(Retry.harmless(failure, request, bodyTouched)).isEqualTo(harmless);
    }

    @Test
    void aBodyOfUnknownLengthIsABody() {
        MockServerHttpRequest request = MockServerHttpRequest.put("/")
                .header("Transfer-Encoding", "chunked")
                .build();
        assertThat(Retry.harmless(Failure.BROKEN, request, false)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theWaitIsAnyTimeUpToABoundThatDoubles(int before) {
        for (int i = 0; i < 1_000; i++) {
            assertThat(Retry.wait(before)).isBetween(Duration.ZERO, Duration.ofMillis(25L << before));
        }
    }

    @Test
    void theBudgetIsLessThanATenthWheneverOneBeginsToCount() {
        RetryBudget budget = new RetryBudget();
        for (int i = 0; i < 10_000; i++) {
            budget.earn();
        }
        int retries = 0;
        for (int requests = 1; requests <= 10_000; requests++) {
            budget.earn();
            if (budget.spend()) {
                retries++;
            }
            assertThat(retries).isLessThanOrEqualTo(RetryBudget.MOST_SAVED + requests / 10);
        }
        assertThat(retries).isGreaterThan(800);
    }
}
