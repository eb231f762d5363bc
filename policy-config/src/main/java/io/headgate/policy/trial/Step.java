package io.headgate.policy.trial;

import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.source.Place;
import java.time.Duration;
import java.util.Optional;

/**
 * One request, or several alike, and what is expected of the answers.
 *
 * @param as name of the caller in the test file
 * @param facts the request
 * @param authenticated whether the caller's credential, or its absence, is accepted
 * @param at when the first is sent, from the start of the test; empty for as soon as the step before is done
 * @param times how many are sent
 * @param every time between two of them
 * @param takes how long each of them lasts if it is allowed
 * @param expected what is expected
 * @param place where it stands
 */
public record Step(
        String as,
        RequestFacts facts,
        boolean authenticated,
        Optional<Duration> at,
        int times,
        Duration every,
        Duration takes,
        Expectation expected,
        Place place) {

    /** The request in a line. */
    String request() {
        String query = facts.query().isEmpty() ? "" : "?" + facts.query();
        return facts.method() + " " + facts.path() + query + " as " + as;
    }
}
