package io.headgate.policy.language;

import io.headgate.policy.match.SubjectKind;
import io.headgate.policy.source.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a limit counts by: {@code user}, {@code route}, {@code jwt.device}, {@code header.X-Client}. */
final class PerText {

    private static final List<SubjectKind> PLAIN =
            List.of(SubjectKind.USER, SubjectKind.TENANT, SubjectKind.IP, SubjectKind.ROUTE, SubjectKind.EVERYONE);
    private static final List<String> WORDS =
            PLAIN.stream().map(SubjectKind::toString).toList();
    private static final String HEADER = "header.";
    /** RFC 9110, section 5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    /** A counter's key comes from what has been verified, never from a mere claim to be somebody. */
    private static final Set<String> CREDENTIALS =
            Set.of("authorization", "proxy-authorization", "cookie", "x-api-key");

    private PerText() {}

    static SubjectKind parse(String text) throws Malformed {
        int plain = WORDS.indexOf(text);
        if (plain >= 0) {
            return PLAIN.get(plain);
        }
        if (text.startsWith(HEADER)) {
            return header(text.substring(HEADER.length()));
        }
        Optional<String> claim = IdentitySection.claim(text);
        if (claim.isPresent()) {
            return SubjectKind.claim(claim.get());
        }
        List<String> expected = new ArrayList<>(WORDS);
        expected.add("a claim such as jwt.device");
        expected.add("a header such as header.X-Client");
        throw new Malformed(
                text,
                0,
                Shapes.anyOf(expected),
                Suggestions.closest(text, WORDS).orElse(null));
    }

    private static SubjectKind header(String name) throws Malformed {
        if (!isHeaderName(name)) {
            throw new Malformed(name, HEADER.length(), "the name of a header field");
        }
        if (CREDENTIALS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new Malformed(name, HEADER.length(), "a header field that is no credential; user counts by those");
        }
        return SubjectKind.header(name);
    }

    static boolean isHeaderName(String text) {
        return TOKEN.matcher(text).matches();
    }
}
