package io.headgate.gateway.identity;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** Credentials under the names that clients are known to give them in a query. */
final class QueryCredential {

    private static final Set<String> NAMES = Set.of("apikey", "xapikey", "accesstoken", "authorization");
    private static final int LONGEST_NAME = 64;

    private QueryCredential() {}

    /** Whether a raw query has a parameter with one of the names, in whatever spelling. */
    static boolean isIn(String query) {
        int from = 0;
        while (from < query.length()) {
            int end = from;
            while (end < query.length() && query.charAt(end) != '&' && query.charAt(end) != ';') {
                end++;
            }
            int equals = query.indexOf('=', from);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (nameEnd - from <= LONGEST_NAME && NAMES.contains(plain(query.substring(from, nameEnd)))) {
                return true;
            }
            from = end + 1;
        }
        return false;
    }

    /** {@code api_key}, {@code Api-Key}, {@code +api_key} and {@code api%5Fkey} are one name. */
    private static String plain(String name) {
        String decoded = name;
        if (name.indexOf('%') >= 0) {
            try {
                decoded = URLDecoder.decode(name, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException notEncoded) {
                decoded = name;
            }
        }
        return decoded.replaceAll("[_+\\s-]", "").toLowerCase(Locale.ROOT);
    }
}
