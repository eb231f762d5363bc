package io.headgate.policy.cli;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.PolicySet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/** Loads the policies that commands are about. */
final class LoadedPolicy {

    private LoadedPolicy() {}

    /** The policy at this place; empty if it has errors, which are then listed. */
    static Optional<PolicySet> of(Path path, PolicyLoader loader, PrintWriter err) {
        LoadResult result = loader.load(path);
        if (result instanceof LoadResult.Rejected rejected) {
            rejected.problems().forEach(problem -> err.println(problem.render()));
            return Optional.empty();
        }
        return Optional.of(((LoadResult.Loaded) result).policy());
    }
}
