package io.headgate.policy.trial;

import io.headgate.policy.source.Place;
import java.time.Instant;
import java.util.List;

/**
 * One test. It begins on a gateway that has counted nothing yet.
 *
 * @param name what it shows, in words
 * @param start time of day at which it begins
 * @param steps what happens, in order
 * @param place where it stands
 */
public record PolicyTest(String name, Instant start, List<Step> steps, Place place) {
    public PolicyTest {
        steps = List.copyOf(steps);
    }
}
