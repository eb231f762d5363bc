package io.headgate.policy.language;

import io.headgate.policy.match.Amount;
import io.headgate.policy.match.TokenUnit;
import java.time.Duration;
import java.time.ZoneId;

/**
 * How the amounts of a limit are written, wherever they stand.
 *
 * @param verb the kind of limit
 * @param unit what it counts
 * @param zone whose midnight begins a day
 * @param lease how long a slot is kept without being renewed
 */
record AmountSyntax(Verb verb, TokenUnit unit, ZoneId zone, Duration lease) {

    Amount parse(String text) throws Malformed {
        AmountText amount = new AmountText(text, unit);
        return switch (verb) {
            case RATE -> amount.rate();
            case WINDOW -> amount.window();
            case QUOTA -> amount.quota(zone);
            case CONCURRENT -> amount.concurrent(lease);
        };
    }
}
