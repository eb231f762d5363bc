package io.headgate.policy.match;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one request takes from a limit. */
public sealed interface Cost {

    /** One token. */
    Cost ONE = new Fixed(1);

    /** Tokens that this request takes; empty if it does not say, or not so that it can be read. */
    OptionalLong of(HeaderFields headers);

    /** The header fields on which that depends. */
    Set<String> fields();

    /**
     * Whether a request creates an upload whose length its client says later: by tus 1.0 ("Upload-Defer-Length"), or by not
     * being the whole of it ("Upload-Complete" of draft-ietf-httpbis-resumable-upload).
     */
    static boolean isDeferred(HeaderFields headers) {
        return headers.value("Upload-Length") == null
                && ("1".equals(headers.value("Upload-Defer-Length")) || "?0".equals(headers.value("Upload-Complete")));
    }

    /**
     * Whether this {@code Upload-Concat} has an upload put together of others, which have been charged (tus 1.0,
     * "Concatenation"): it never has a length of its own.
     */
    static boolean isConcatenation(@Nullable String uploadConcat) {
        return uploadConcat != null && uploadConcat.startsWith("final;");
    }

    /**
     * The same for every request.
     *
     * @param tokens how much, at least 1
     */
    record Fixed(long tokens) implements Cost {
        @Override
        public OptionalLong of(HeaderFields headers) {
            return OptionalLong.of(tokens);
        }

        @Override
        public Set<String> fields() {
            return Set.of();
        }

        @Override
        public String toString() {
            return Long.toString(tokens);
        }
    }

    /** As many bytes as the request declares; may be none. */
    record Declared(Source source) implements Cost {

        private static final String CONCAT = "Upload-Concat";

        @Override
        public OptionalLong of(HeaderFields headers) {
            String size = headers.value(source.field);
            return size == null ? withoutField(headers) : bytes(size);
        }

        private OptionalLong withoutField(HeaderFields headers) {
            boolean bringsNothing = switch (source) {
                case CONTENT_LENGTH -> headers.value("Transfer-Encoding") == null;
                case UPLOAD_LENGTH -> isConcatenation(headers.value(CONCAT));
            };
            return bringsNothing ? OptionalLong.of(0) : OptionalLong.empty();
        }

        @Override
        public Set<String> fields() {
            return source == Source.UPLOAD_LENGTH
                    ? Set.of(source.field, source.unsized, CONCAT)
                    : Set.of(source.field, source.unsized);
        }

        /** Digits only (RFC 9110, section 8.6): a list of sizes is none. */
        private static OptionalLong bytes(String text) {
            if (text.isEmpty() || !text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(text.length() > 18 ? Long.MAX_VALUE : Long.parseLong(text));
        }

        @Override
        public String toString() {
            return source.toString();
        }
    }

    /**
     * The bytes of a body that the creation of its upload has not reserved. Whether it has is not in the request: what
     * looks at the request alone counts the whole body.
     */
    record Unreserved() implements Cost {

        private static final Declared WHOLE_BODY = new Declared(Source.CONTENT_LENGTH);
        private static final Set<String> FIELDS =
                Set.of("Content-Length", "Transfer-Encoding", "Upload-Length", "Upload-Defer-Length");

        @Override
        public OptionalLong of(HeaderFields headers) {
            return WHOLE_BODY.of(headers);
        }

        /** Where a policy has such a cost, an upload's creation may defer its length and then costs nothing. */
        @Override
        public Set<String> fields() {
            return FIELDS;
        }

        @Override
        public String toString() {
            return "$unreserved-bytes";
        }
    }

    /** Where requests declare how many bytes they bring. */
    enum Source {
        /** The body's size; none if there is no body. A body without a size is not declared. */
        CONTENT_LENGTH("Content-Length", "Transfer-Encoding"),
        /**
         * The whole size of an upload that a tus client creates; none if it is put together of others. A deferred size is
         * not declared.
         */
        UPLOAD_LENGTH("Upload-Length", "Upload-Defer-Length");

        private final String field;
        private final String unsized;

        /**
         * @param field says the size
         * @param unsized says that the size is not known yet
         */
        Source(String field, String unsized) {
            this.field = field;
            this.unsized = unsized;
        }

        /** The header field that says it. */
        public String field() {
            return field;
        }

        /** As a policy writes it. */
        @Override
        public String toString() {
            return "$" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
