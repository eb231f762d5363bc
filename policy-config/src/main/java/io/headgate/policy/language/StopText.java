package io.headgate.policy.language;

import io.headgate.limiter.Quota;
import io.headgate.policy.match.StopCondition;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a rollout stops itself: {@code denied > 2% for 10min}. */
final class StopText {

    private static final String EXPECTED = "denied, a share and a time, such as denied > 2% for 10min";
    private static final Pattern CONDITION = Pattern.compile("denied > (\\d{1,2})% for (.+)");

    private StopText() {}

    static StopCondition parse(String text) throws Malformed {
        Matcher matcher = CONDITION.matcher(text);
        if (!matcher.matches()) {
            throw new Malformed(text, 0, EXPECTED);
        }
        Duration stretch;
        try {
            stretch = DurationText.parse(matcher.group(2));
        } catch (Malformed e) {
            throw new Malformed(e.part(), matcher.start(2) + e.offset(), EXPECTED, e.suggestion());
        }
        if (stretch.compareTo(Duration.ofSeconds(1)) < 0 || stretch.compareTo(Quota.MAX_PERIOD) > 0) {
            throw new Malformed(matcher.group(2), matcher.start(2), "from 1s to 366day");
        }
        return new StopCondition(Integer.parseInt(matcher.group(1)), stretch);
    }
}
