package io.headgate.gateway.policy;

import io.headgate.policy.reload.PolicyRejected;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what is wrong with the policy, with its lines, instead of a stack trace. */
final class PolicyFailureAnalyzer extends AbstractFailureAnalyzer<PolicyRejected> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PolicyRejected cause) {
        return new FailureAnalysis(
                "headgate.policy: " + cause.getMessage(),
                "Correct the policy, and check it with: headgate policy validate <file or folder>",
                cause);
    }
}
