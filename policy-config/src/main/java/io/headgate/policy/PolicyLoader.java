package io.headgate.policy;

import io.headgate.policy.language.PolicyLanguage;
import io.headgate.policy.match.PolicyRules;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import io.headgate.policy.source.Problems;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns policy text into a compiled policy. Nothing that stands in a file makes it throw: what is wrong is part of the
 * result. Thread-safe.
 */
public final class PolicyLoader {

    private final InstantSource clock;

    /** A loader that lives in real time. */
    public PolicyLoader() {
        this(InstantSource.system());
    }

    /** @param clock tells which schedules hold and which overrides have ended, now and while the policy is in use */
    public PolicyLoader(InstantSource clock) {
        this.clock = clock;
    }

    /** Loads one file, or all policy files of a folder as one policy. */
    public LoadResult load(Path fileOrFolder) {
        return load(PolicyText.read(fileOrFolder));
    }

    /**
     * Loads a policy from text at hand.
     *
     * @param name names the text in problems
     */
    public LoadResult parse(String name, String yaml) {
        return load(PolicyText.of(name, yaml));
    }

    /** Loads a policy from text that has been read. */
    public LoadResult load(PolicyText text) {
        Problems problems = new Problems();
        Optional<PolicyRules> rules = PolicyLanguage.read(text, clock.instant(), problems);
        List<Problem> found = new ArrayList<>(text.problems());
        found.addAll(problems.list());
        if (rules.isEmpty() || problems.hasErrors() || !text.problems().isEmpty()) {
            return new LoadResult.Rejected(found);
        }
        return new LoadResult.Loaded(PolicySet.of(rules.get(), clock), found);
    }
}
