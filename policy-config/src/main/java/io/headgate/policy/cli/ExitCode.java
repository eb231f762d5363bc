package io.headgate.policy.cli;

import picocli.CommandLine;

/** How a command ends, for pipelines. */
final class ExitCode {

    /** All is well, or nothing differs. */
    static final int OK = CommandLine.ExitCode.OK;

    /** What was asked about is not well: errors in a policy, tests that fail, a gateway that does not answer. */
    static final int PROBLEMS = 1;

    /** Two policies do not say the same. */
    static final int DIFFERENT = 2;

    private ExitCode() {}
}
