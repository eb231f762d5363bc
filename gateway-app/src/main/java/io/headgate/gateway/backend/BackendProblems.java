package io.headgate.gateway.backend;

import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.ProblemTypes;
import io.headgate.policy.match.BreakerRule;
import io.headgate.policy.match.Responses;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.http.HttpStatus;

/** What a client is told when a backend gives no answer of its own. */
final class BackendProblems {

    /** Those who are turned away together come back spread over so long. */
    private static final long MOST_SHED_SECONDS = 4;

    private BackendProblems() {}

    /**
     * The problem behind a call that failed.
     *
     * @param failure how it failed
     * @param rule the backend's breaker, if it has one
     */
    static Problem of(Failure failure, String backend, Optional<BreakerRule> rule, Responses responses) {
        if (failure == Failure.BREAKER_OPEN) {
            long seconds = rule.map(broken -> broken.retryAfter().toSeconds()).orElse(1L);
            return ProblemTypes.temporaryReducedCapacity(
                            responses, "The " + backend + " service is having trouble and is given time to recover.")
                    .retryAfter(OptionalLong.of(seconds));
        } else if (failure == Failure.SHED) {
            return ProblemTypes.temporaryReducedCapacity(
                            responses,
                            "The " + backend + " service has as much to do as it can. Try again in a moment.")
                    .retryAfter(OptionalLong.of(ThreadLocalRandom.current().nextLong(1, MOST_SHED_SECONDS + 1)));
        } else if (failure == Failure.TIMED_OUT) {
            return Problem.of(HttpStatus.GATEWAY_TIMEOUT, "The " + backend + " service did not answer in time.");
        }
        return Problem.of(HttpStatus.BAD_GATEWAY, "The " + backend + " service gave no valid answer.");
    }
}
