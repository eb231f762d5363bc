package io.headgate.policy.match;

import io.headgate.policy.source.Place;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who is turned away, whatever the limits say.
 *
 * @param target who
 * @param reason why; for operators, never shown to the caller
 * @param until when it ends; empty if it does not
 * @param place where it is declared
 */
public record BlockRule(Target target, String reason, Optional<Instant> until, Place place) implements Targeted {

    @Override
    public boolean endedBy(Instant now) {
        return until.isPresent() && !now.isBefore(until.get());
    }
}
