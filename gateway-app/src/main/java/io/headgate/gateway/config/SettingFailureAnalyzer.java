package io.headgate.gateway.config;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says which setting is wrong, and what was expected, instead of a stack trace. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<SettingRejected> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SettingRejected cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), "Expected: " + cause.expected(), cause);
    }
}
