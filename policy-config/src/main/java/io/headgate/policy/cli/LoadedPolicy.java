package io.headgate.policy.cli;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.live.LiveGateway;
import io.headgate.policy.live.NoAnswer;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.PolicyText;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Loads the policies that commands are about. */
final class LoadedPolicy {

    private static final String STANDARD_INPUT = "standard input";

    private LoadedPolicy() {}

    /** What the policy at this place is called in answers. */
    static String name(Path path) {
        return isStandardInput(path) ? STANDARD_INPUT : path.toString();
    }

    /** The text of the policy at this place, or on standard input where it is {@code -}. */
    static PolicyText text(Path path) {
        return isStandardInput(path) ? PolicyText.read(STANDARD_INPUT, System.in) : PolicyText.read(path);
    }

    private static boolean isStandardInput(Path path) {
        return path.toString().equals("-");
    }

    /** The policy at this place; empty if it has errors, which are then listed. */
    static Optional<PolicySet> of(Path path, PolicyLoader loader, PrintWriter err) {
        return of(text(path), loader, err);
    }

    /** The policy that a gateway has in force; empty if it does not tell, which is then said. */
    static Optional<PolicySet> running(URI gateway, PolicyLoader loader, PrintWriter err) {
        try {
            return of(new LiveGateway(gateway).policy(), loader, err);
        } catch (NoAnswer e) {
            err.println(e.getMessage());
            return Optional.empty();
        }
    }

    /** The policy of this text; empty if it has errors, which are then listed. */
    static Optional<PolicySet> of(PolicyText text, PolicyLoader loader, PrintWriter err) {
        LoadResult result = loader.load(text);
        if (result instanceof LoadResult.Rejected rejected) {
            rejected.problems().forEach(problem -> err.println(problem.render()));
            return Optional.empty();
        }
        return Optional.of(((LoadResult.Loaded) result).policy());
    }
}
