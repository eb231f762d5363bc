package io.headgate.gateway.identity;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what is wrong with the file of API keys, with its lines, instead of a stack trace. */
final class ApiKeysFailureAnalyzer extends AbstractFailureAnalyzer<ApiKeysRejected> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ApiKeysRejected cause) {
        return new FailureAnalysis(
                "headgate.auth.api-keys: " + cause.getMessage(),
                "Expected: keys: [{id: …, sha256: …, user: …, plan: …}], optionally with tenant, expires, scopes and roles.",
                cause);
    }
}
