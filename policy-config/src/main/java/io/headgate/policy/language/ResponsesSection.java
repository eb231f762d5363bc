package io.headgate.policy.language;

import io.headgate.policy.match.Metadata;
import io.headgate.policy.match.Responses;
import io.headgate.policy.source.Value;
import java.util.Optional;

/** {@code metadata} and {@code responses}: what is said about the policy, and to clients. */
final class ResponsesSection {

    private ResponsesSection() {}

    static Responses responses(Optional<Fields> section, Shapes shapes) {
        return section.map(fields -> {
                    Responses responses = new Responses(
                            fields.get("problem-types")
                                    .filter(value -> !isIetf(value))
                                    .flatMap(value -> shapes.webAddress("problem-types", value))
                                    .orElse(null),
                            fields.get("docs")
                                    .flatMap(value -> shapes.webAddress("docs", value))
                                    .orElse(null),
                            fields.get("upgrade")
                                    .flatMap(value -> shapes.webAddress("upgrade", value))
                                    .orElse(null));
                    fields.end();
                    return responses;
                })
                .orElse(new Responses(null, null, null));
    }

    private static boolean isIetf(Value value) {
        return value instanceof Value.Scalar scalar && scalar.text().equals("ietf");
    }

    static Metadata metadata(Optional<Fields> section, Shapes shapes) {
        return section.map(fields -> {
                    Metadata metadata = new Metadata(
                            fields.get("name")
                                    .flatMap(value -> shapes.text("name", value))
                                    .map(Value.Scalar::text)
                                    .orElse(null),
                            fields.get("owner")
                                    .flatMap(value -> shapes.text("owner", value))
                                    .map(Value.Scalar::text)
                                    .orElse(null),
                            fields.get("runbook")
                                    .flatMap(value -> shapes.webAddress("runbook", value))
                                    .orElse(null));
                    fields.end();
                    return metadata;
                })
                .orElse(new Metadata(null, null, null));
    }
}
