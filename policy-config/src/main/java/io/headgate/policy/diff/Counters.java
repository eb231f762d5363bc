package io.headgate.policy.diff;

import io.headgate.policy.match.Amount;
import io.headgate.policy.match.IdentityRules;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.RouteRule;
import io.headgate.policy.match.SubjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What becomes of counters. A counter is known by the name of its limit and by whom it counts, and by nothing else; so
 * it goes on under another amount, and is left behind when it counts by something else.
 */
final class Counters {

    private Counters() {}

    static List<CounterFate> of(PolicyRules before, PolicyRules after, List<AmountChange> amounts) {
        List<CounterFate> fates = new ArrayList<>();
        for (LimitRule limit : after.limits()) {
            Optional<LimitRule> old = before.limits().stream()
                    .filter(one -> one.name().equals(limit.name()))
                    .findFirst();
            old.flatMap(was -> fate(was, limit, before, after, amounts)).ifPresent(fates::add);
        }
        return fates;
    }

    private static Optional<CounterFate> fate(
            LimitRule was, LimitRule limit, PolicyRules before, PolicyRules after, List<AmountChange> amounts) {
        Optional<CounterFate> anew = otherSubject(was, limit, before.identity(), after.identity())
                .or(() -> renamedRoutes(limit, before, after))
                .map(reason -> new CounterFate(limit.name(), false, reason));
        return anew.or(() -> byAmounts(limit.name(), amounts));
    }

    /** Why a caller is not counted as the same one as before, if so. */
    private static Optional<String> otherSubject(
            LimitRule was, LimitRule limit, IdentityRules before, IdentityRules after) {
        if (!was.per().equals(limit.per())) {
            return Optional.of("it counts by something else");
        }
        if (limit.per().contains(SubjectKind.USER) && !before.userClaim().equals(after.userClaim())) {
            return Optional.of("users have another id");
        }
        if (limit.per().contains(SubjectKind.TENANT) && !Objects.equals(before.tenantClaim(), after.tenantClaim())) {
            return Optional.of("tenants have another id");
        }
        boolean regrouped = before.groupIpv4() != after.groupIpv4() || before.groupIpv6() != after.groupIpv6();
        if (limit.per().contains(SubjectKind.IP) && regrouped) {
            return Optional.of("addresses are grouped otherwise");
        }
        return Optional.empty();
    }

    /** A route that is renamed is gone under its old name and fresh under the new one. */
    private static Optional<String> renamedRoutes(LimitRule limit, PolicyRules before, PolicyRules after) {
        if (!limit.per().contains(SubjectKind.ROUTE)) {
            return Optional.empty();
        }
        Set<String> old = routesOf(limit.name(), before);
        Set<String> now = routesOf(limit.name(), after);
        Set<String> fresh = new TreeSet<>(now);
        fresh.removeAll(old);
        return fresh.isEmpty() || now.containsAll(old)
                ? Optional.empty()
                : Optional.of("it counts by route, and has new ones: " + String.join(", ", fresh));
    }

    private static Set<String> routesOf(String limit, PolicyRules rules) {
        return rules.routes().stream()
                .filter(route -> route.limits().stream()
                        .anyMatch(use -> use.limit().name().equals(limit)))
                .map(RouteRule::name)
                .collect(Collectors.toSet());
    }

    private static Optional<CounterFate> byAmounts(String name, List<AmountChange> amounts) {
        List<AmountChange> own =
                amounts.stream().filter(change -> change.limit().equals(name)).toList();
        if (own.stream().anyMatch(Counters::isOfAnotherKind)) {
            return Optional.of(new CounterFate(name, false, "it is counted by another algorithm"));
        }
        return own.isEmpty() ? Optional.empty() : Optional.of(new CounterFate(name, true, "what was used stays used"));
    }

    private static boolean isOfAnotherKind(AmountChange change) {
        return change.before().amount() instanceof Amount.Metered was
                && change.after().amount() instanceof Amount.Metered is
                && was.quota().getClass() != is.quota().getClass();
    }
}
