package io.headgate.gateway.accesslog;

import io.headgate.policy.match.Cost;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.LimitUse;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.match.RolloutRule;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.match.SessionKey;
import io.headgate.policy.match.SubjectKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parts of requests that a policy looks at, on whichever route, so that a candidate may move what it asks for. Fields
 * that routes match and declared sizes are shown as they are; those it only tells callers and sessions apart by are not.
 *
 * @param policy the policy
 * @param shown names of header fields, in lower case
 * @param counted names of header fields, in lower case
 * @param sessions where sessions are named, unless that is shown
 */
record FieldsOfInterest(PolicySet policy, Set<String> shown, Set<String> counted, Set<SessionKey> sessions) {

    static FieldsOfInterest of(PolicySet policy) {
        PolicyRules rules = policy.rules();
        Set<String> shown = new TreeSet<>();
        Set<String> counted = new TreeSet<>();
        Set<SessionKey> sessions = new HashSet<>();
        for (RouteRule route : rules.routes()) {
            route.pattern().headers().values().keySet().forEach(name -> shown.add(lowerCase(name)));
            route.limits().stream().map(LimitUse::cost).forEach(cost -> addSizes(cost, shown));
            route.session().ifPresent(sessions::add);
        }
        for (RolloutRule rollout : rules.rollouts()) {
            rollout.cost().values().forEach(cost -> addSizes(cost, shown));
        }
        for (LimitRule limit : rules.limits()) {
            limit.per().stream()
                    .filter(kind -> kind.source() == SubjectKind.Source.HEADER)
                    .forEach(kind -> counted.add(kind.name()));
        }
        sessions.removeIf(session -> session.source() == SessionKey.Source.HEADER && shown.contains(session.name()));
        counted.removeAll(shown);
        // A session has one pseudonym wherever it is named; one is enough to tell callers apart by, too.
        sessions.stream()
                .filter(session -> session.source() == SessionKey.Source.HEADER)
                .map(SessionKey::name)
                .forEach(counted::remove);
        return new FieldsOfInterest(policy, shown, counted, sessions);
    }

    private static void addSizes(Cost cost, Set<String> shown) {
        cost.fields().forEach(name -> shown.add(lowerCase(name)));
    }

    private static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** The header fields to show as they are. */
    Map<String, String> shown(RequestFacts facts) {
        return values(shown, facts);
    }

    /** The header fields to show under pseudonyms. */
    Map<String, String> counted(RequestFacts facts) {
        return values(counted, facts);
    }

    /** What names the request's session, to show under a pseudonym, by where it stands. */
    Map<String, String> sessions(RequestFacts facts) {
        if (sessions.isEmpty()) {
            return Map.of();
        }
        Map<String, String> values = new HashMap<>();
        for (SessionKey session : sessions) {
            String value = session.session(facts);
            if (value != null) {
                values.put(session.toString(), value);
            }
        }
        return values;
    }

    private static Map<String, String> values(Set<String> names, RequestFacts facts) {
        if (names.isEmpty()) {
            return Map.of();
        }
        Map<String, String> values = new HashMap<>();
        for (String name : names) {
            String value = facts.headers().value(name);
            if (value != null) {
                values.put(name, value);
            }
        }
        return values;
    }
}
