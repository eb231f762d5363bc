package io.headgate.policy.diff;

import io.headgate.policy.match.Amount;
import io.headgate.policy.match.IdentityRules;
import io.headgate.policy.match.LimitRule;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.SubjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
            old.flatMap(was -> fate(was, limit, before.identity(), after.identity(), amounts))
                    .ifPresent(fates::add);
        }
        return fates;
    }

    private static Optional<CounterFate> fate(
            LimitRule was, LimitRule limit, IdentityRules before, IdentityRules after, List<AmountChange> amounts) {
        String name = limit.name();
        if (!was.per().equals(limit.per())) {
            return Optional.of(new CounterFate(name, false, "it counts by something else"));
        }
        if (limit.per().contains(SubjectKind.USER) && !before.userClaim().equals(after.userClaim())) {
            return Optional.of(new CounterFate(name, false, "users have another id"));
        }
        if (limit.per().contains(SubjectKind.TENANT) && !Objects.equals(before.tenantClaim(), after.tenantClaim())) {
            return Optional.of(new CounterFate(name, false, "tenants have another id"));
        }
        boolean regrouped = before.groupIpv4() != after.groupIpv4() || before.groupIpv6() != after.groupIpv6();
        if (limit.per().contains(SubjectKind.IP) && regrouped) {
            return Optional.of(new CounterFate(name, false, "addresses are grouped otherwise"));
        }
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
