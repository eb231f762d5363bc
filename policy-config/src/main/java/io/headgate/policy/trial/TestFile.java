package io.headgate.policy.trial;

import java.util.List;
import java.util.Optional;

/**
 * A file of policy tests.
 *
 * @param policy which policy they are about, relative to the file; empty for the folder that the file is in
 * @param tests the tests, in the order of the file
 */
public record TestFile(Optional<String> policy, List<PolicyTest> tests) {
    public TestFile {
        tests = List.copyOf(tests);
    }
}
