package io.headgate.policy.match;

import java.util.Comparator;
import java.util.Locale;

/**
 * One of the things a limit can count by.
 *
 * @param source what kind of thing
 * @param name which claim or header field, the latter in lower case; empty for the others
 */
public record SubjectKind(Source source, String name) implements Comparable<SubjectKind> {

    /** The verified user; for anonymous callers the client's network. */
    public static final SubjectKind USER = new SubjectKind(Source.USER, "");
    /** The verified user's organisation; a caller without one is not counted. */
    public static final SubjectKind TENANT = new SubjectKind(Source.TENANT, "");
    /** The client's network: its address, grouped by the prefixes in {@link IdentityRules}. */
    public static final SubjectKind IP = new SubjectKind(Source.IP, "");
    /** The policy route that matched. */
    public static final SubjectKind ROUTE = new SubjectKind(Source.ROUTE, "");
    /** All callers together. */
    public static final SubjectKind EVERYONE = new SubjectKind(Source.EVERYONE, "");

    private static final Comparator<SubjectKind> ORDER =
            Comparator.comparing(SubjectKind::source).thenComparing(SubjectKind::name);

    /** The kinds of thing, in the order of the parts in a counter's key. */
    public enum Source {
        USER,
        TENANT,
        IP,
        /** A claim of the verified token; a caller without it is not counted. */
        CLAIM,
        /** A header field; requests without it count together. */
        HEADER,
        ROUTE,
        EVERYONE
    }

    /** Counts by a claim of the verified token. */
    public static SubjectKind claim(String name) {
        return new SubjectKind(Source.CLAIM, name);
    }

    /** Counts by a header field. */
    public static SubjectKind header(String name) {
        return new SubjectKind(Source.HEADER, name.toLowerCase(Locale.ROOT));
    }

    @Override
    public int compareTo(SubjectKind other) {
        return ORDER.compare(this, other);
    }

    /** As a policy writes it: {@code user}, {@code jwt.device}, {@code header.x-client}. */
    @Override
    public String toString() {
        return switch (source) {
            case CLAIM -> "jwt." + name;
            case HEADER -> "header." + name;
            default -> source.name().toLowerCase(Locale.ROOT);
        };
    }
}
