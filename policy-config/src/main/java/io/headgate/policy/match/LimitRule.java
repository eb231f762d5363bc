package io.headgate.policy.match;

import io.headgate.policy.source.Place;
import java.util.List;

/**
 * A limit as the policy declares it; how much it allows is said by the caller's plan.
 *
 * @param name its name, and with the subject its counter's identity
 * @param per what it counts by, in the order of {@link SubjectKind}, without repetition
 * @param unit what it counts
 * @param stage when it is judged
 * @param advertise whether clients may see its numbers
 * @param exactness how it is counted from several gateways
 * @param treatment what it does where a route says nothing else
 * @param place where it is declared
 */
public record LimitRule(
        String name,
        List<SubjectKind> per,
        TokenUnit unit,
        PlannedLimit.Stage stage,
        boolean advertise,
        Exactness exactness,
        Treatment treatment,
        Place place) {
    public LimitRule {
        per = List.copyOf(per);
    }

    /** Whether it counts a caller by the same things whatever the request. */
    boolean countsCallersAnywhere() {
        return per.stream()
                .noneMatch(kind -> kind.equals(SubjectKind.ROUTE) || kind.source() == SubjectKind.Source.HEADER);
    }
}
