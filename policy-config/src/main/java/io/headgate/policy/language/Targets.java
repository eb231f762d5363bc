package io.headgate.policy.language;

import io.headgate.policy.match.Target;
import io.headgate.policy.source.Code;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whom an override or an entry of a list is about. */
final class Targets {

    private static final List<String> KINDS = List.of("user", "tenant", "ip");

    private Targets() {}

    /**
     * The one user, tenant or network that {@code fields} name; reported if there is not exactly one.
     *
     * @param what names the mapping in messages
     */
    static Optional<Target> read(String what, Fields fields, Shapes shapes) {
        Optional<Target> user =
                fields.get("user").flatMap(one -> shapes.text("user", one)).map(one -> new Target.User(one.text()));
        Optional<Target> tenant = fields.get("tenant")
                .flatMap(one -> shapes.text("tenant", one))
                .map(one -> new Target.Tenant(one.text()));
        Optional<Target> network = fields.get("ip")
                .flatMap(one -> IdentitySection.network("ip", one, shapes))
                .map(Target.Network::new);
        List<String> stated = KINDS.stream().filter(fields::has).toList();
        if (stated.size() != 1) {
            shapes.problems()
                    .error(
                            stated.isEmpty() ? Code.MISSING_KEY : Code.CONFLICT,
                            fields.place(),
                            what + ": " + (stated.isEmpty() ? "nobody" : String.join(" and ", stated))
                                    + " (expected: one of user, tenant and ip)");
        }
        return Stream.of(user, tenant, network).flatMap(Optional::stream).findFirst();
    }
}
