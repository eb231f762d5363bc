package io.headgate.gateway.config;

import io.headgate.policy.source.Suggestions;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Names settings that do not exist, where they stand, and what does exist. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        List<String> known = KnownSettings.names();
        String unknown = cause.getUnboundProperties().stream()
                .map(property -> described(property, known))
                .collect(Collectors.joining("\n"));
        return new FailureAnalysis(unknown, "Expected: one of\n    " + String.join("\n    ", known), cause);
    }

    private static String described(ConfigurationProperty property, List<String> known) {
        String name = property.getName().toString();
        String origin = property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        String suggestion = Suggestions.closest(name, known)
                .map(meant -> ". Did you mean " + meant + "?")
                .orElse("");
        return name + ": there is no such setting" + origin + suggestion;
    }
}
