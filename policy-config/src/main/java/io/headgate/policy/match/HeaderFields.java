package io.headgate.policy.match;

import org.jspecify.annotations.Nullable;

/** The header fields of a request. */
@FunctionalInterface
public interface HeaderFields {

    /** A request without any. */
    HeaderFields NONE = name -> null;

    /**
     * What a field says; {@code null} if the request does not have it. A field that stands several times says all of it,
     * with a comma and a space between (RFC 9110, section 5.3).
     *
     * @param name the field's name, in upper or lower case
     */
    @Nullable
    String value(String name);
}
