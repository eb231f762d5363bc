package io.headgate.policy.match;

import io.headgate.limiter.Holder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where requests say which session they belong to: a playback, a document that is being edited. A session holds a slot of
 * a limit of concurrency in the place of its requests, and each of them renews it.
 *
 * @param source where to look
 * @param name which query parameter or header field
 */
public record SessionKey(Source source, String name) {

    /** Where to look. */
    public enum Source {
        /** A parameter of the query, as it stands there. */
        QUERY,
        /** A header field. */
        HEADER
    }

    /** Who holds the slot. Requests that name no session are one session together, so that leaving it out wins nothing. */
    Holder holder(RequestFacts facts) {
        String session = session(facts);
        return Holder.of(session == null ? "" : session);
    }

    /** What the request says, as it stands there; {@code null} if it names no session. */
    public @Nullable String session(RequestFacts facts) {
        return switch (source) {
            case QUERY -> parameter(facts.query());
            case HEADER -> facts.headers().value(name);
        };
    }

    private @Nullable String parameter(String query) {
        int from = 0;
        while (from < query.length()) {
            int and = query.indexOf('&', from);
            int end = and < 0 ? query.length() : and;
            int begin = from + name.length();
            if (begin < end && query.charAt(begin) == '=' && query.startsWith(name, from)) {
                return query.substring(begin + 1, end);
            }
            from = end + 1;
        }
        return null;
    }

    /** As a policy writes it. */
    @Override
    public String toString() {
        return source.name().toLowerCase(Locale.ROOT) + "." + name;
    }
}
