package io.headgate.policy.language;

import io.headgate.limiter.OnStoreFailure;
import io.headgate.policy.match.Defaults;
import io.headgate.policy.match.HeaderFamily;
import io.headgate.policy.source.Code;
import io.headgate.policy.source.Suggestions;
import io.headgate.policy.source.Value;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code defaults}.
 *
 * @param defaults what the gateway needs of them
 * @param mode mode of limits and routes that name none
 * @param onStoreFailure what limits that say nothing else do when the store does not answer
 */
record DefaultsSection(Defaults defaults, DeclaredMode mode, OnStoreFailure onStoreFailure) {

    private static final Duration LONGEST_STORE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STORE_TIMEOUT = Duration.ofMillis(20);
    private static final Set<HeaderFamily> HEADERS = Set.of(HeaderFamily.values());
    private static final DefaultsSection NOTHING_SAID = new DefaultsSection(
            new Defaults(STORE_TIMEOUT, HEADERS, ZoneOffset.UTC), DeclaredMode.ENFORCE, OnStoreFailure.LOCAL);

    static DefaultsSection read(Optional<Fields> section, Shapes shapes) {
        return section.map(fields -> read(fields, shapes)).orElse(NOTHING_SAID);
    }

    private static DefaultsSection read(Fields fields, Shapes shapes) {
        DefaultsSection read = new DefaultsSection(
                new Defaults(
                        fields.get("store-timeout")
                                .flatMap(value -> shapes.duration(
                                        "store-timeout", value, Duration.ofMillis(1), LONGEST_STORE_TIMEOUT))
                                .orElse(STORE_TIMEOUT),
                        fields.get("headers")
                                .map(value -> headers(value, shapes))
                                .orElse(HEADERS),
                        fields.get("timezone")
                                .flatMap(value ->
                                        shapes.parsed(Code.BAD_VALUE, "timezone", value, DefaultsSection::timezone))
                                .orElse(ZoneOffset.UTC)),
                fields.get("mode")
                        .flatMap(value -> shapes.choice("mode", value, DeclaredMode.class))
                        .orElse(DeclaredMode.ENFORCE),
                fields.get("on-store-failure")
                        .flatMap(value -> shapes.choice("on-store-failure", value, OnStoreFailure.class))
                        .orElse(OnStoreFailure.LOCAL));
        fields.end();
        return read;
    }

    private static Set<HeaderFamily> headers(Value value, Shapes shapes) {
        List<HeaderFamily> families = shapes.distinct(
                "headers", shapes.list("headers", value), item -> shapes.choice("headers", item, HeaderFamily.class));
        return Set.copyOf(families);
    }

    private static ZoneId timezone(String text) throws Malformed {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            String guess = Suggestions.closest(text, new TreeSet<>(ZoneId.getAvailableZoneIds()))
                    .orElse(null);
            throw new Malformed(text, 0, "a time zone such as Europe/Berlin or UTC", guess);
        }
    }
}
