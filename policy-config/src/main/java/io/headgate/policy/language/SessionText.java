package io.headgate.policy.language;

import io.headgate.policy.match.SessionKey;
import io.headgate.policy.match.SessionKey.Source;
import java.util.regex.Pattern;

/** Where requests say which session they belong to: {@code query.sid} or {@code header.X-Session}. */
final class SessionText {

    private static final String QUERY = "query.";
    private static final String HEADER = "header.";
    /** What needs no encoding in a query (RFC 3986, section 2.3), so that one parameter has one spelling. */
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z0-9._~-]{1,100}");

    private SessionText() {}

    static SessionKey parse(String text) throws Malformed {
        if (text.startsWith(QUERY)) {
            String name = text.substring(QUERY.length());
            if (!PARAMETER.matcher(name).matches()) {
                throw new Malformed(name, QUERY.length(), "the name of a query parameter");
            }
            return new SessionKey(Source.QUERY, name);
        }
        if (text.startsWith(HEADER)) {
            return new SessionKey(Source.HEADER, PerText.parse(text).name());
        }
        throw new Malformed(text, 0, "a query parameter such as query.sid, or a header such as header.X-Session");
    }
}
