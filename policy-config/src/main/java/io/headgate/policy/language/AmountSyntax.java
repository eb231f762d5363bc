package io.headgate.policy.language;

import io.headgate.limiter.Penalty;
import io.headgate.policy.match.Amount;
import io.headgate.policy.match.TokenUnit;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/**
 * How the amounts of a limit are written, wherever they stand.
 *
 * @param verb the kind of limit
 * @param unit what it counts
 * @param zone whose midnight begins a day
 * @param lease how long a slot is kept without being renewed
 * @param block how long a refusal blocks, if it does
 */
record AmountSyntax(Verb verb, TokenUnit unit, ZoneId zone, Duration lease, Optional<Duration> block) {

    Amount parse(String text) throws Malformed {
        AmountText amount = new AmountText(text, unit);
        return switch (verb) {
            case RATE -> blocking(amount.rate());
            case WINDOW -> blocking(amount.window());
            case QUOTA -> blocking(amount.quota(zone));
            case CONCURRENT -> amount.concurrent(lease);
        };
    }

    private Amount blocking(Amount amount) {
        return block.isPresent() && amount instanceof Amount.Metered metered
                ? new Amount.Metered(new Penalty(metered.quota(), block.get()))
                : amount;
    }
}
