package io.headgate.policy.language;

import io.headgate.policy.match.CorsRules;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Value;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code cors}: which pages of other origins may call, in browsers. */
final class CorsSection {

    /** As browsers write origins (RFC 6454 §6.2), the first label of the host perhaps a star. */
    private static final Pattern ORIGIN = Pattern.compile(
            "https?://(\\*\\.)?([a-z0-9_-]+\\.)*[a-z0-9_-]+(:[1-9]\\d{0,4})?|https?://\\[[0-9a-f:.]+](:[1-9]\\d{0,4})?");

    private static final String ANY = "*";

    private CorsSection() {}

    static CorsRules read(Optional<Fields> section, Shapes shapes) {
        return section.map(fields -> read(fields, shapes)).orElse(CorsRules.NONE);
    }

    private static CorsRules read(Fields fields, Shapes shapes) {
        List<String> origins = fields.need("allowed-origins", "such as [https://app.example.com]")
                .map(value -> shapes.some("allowed-origins", value, item -> origin(item, shapes)))
                .orElse(List.of());
        Duration maxAge = fields.get("max-age")
                .flatMap(value -> shapes.duration("max-age", value, Duration.ofSeconds(1), Duration.ofDays(1)))
                .orElse(CorsRules.USUAL_MAX_AGE);
        fields.end();
        return new CorsRules(origins, maxAge);
    }

    private static Optional<String> origin(Value item, Shapes shapes) {
        return shapes.parsed(Code.BAD_VALUE, "allowed-origins", item, text -> {
            if (!text.equals(ANY) && !ORIGIN.matcher(text).matches()) {
                throw new Malformed(
                        text, 0, "an origin such as https://app.example.com or https://*.example.com, or *");
            }
            return text;
        });
    }
}
