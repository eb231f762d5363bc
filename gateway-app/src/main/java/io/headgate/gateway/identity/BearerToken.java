package io.headgate.gateway.identity;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import java.text.ParseException;
import java.util.Optional;

/** A bearer token as presented, not verified. */
public final class BearerToken {

    private final String serialized;
    private final Sha256 digest;

    BearerToken(String serialized) {
        this.serialized = serialized;
        this.digest = Sha256.of(serialized);
    }

    /**
     * Whether it has the shape of a signed token: three parts of base64url (RFC 7515 §7.1). What decodes tokens overlooks
     * characters that do not belong, so that one token would have many spellings.
     */
    boolean isSigned() {
        int dots = 0;
        int partLength = 0;
        for (int i = 0; i < serialized.length(); i++) {
            char c = serialized.charAt(i);
            if (c == '.') {
                if (partLength == 0 || ++dots > 2) {
                    return false;
                }
                partLength = 0;
            } else if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_') {
                partLength++;
            } else {
                return false;
            }
        }
        return dots == 2 && partLength > 0;
    }

    /** What its header says, which anybody may have written; empty if that is no header of a signed token. */
    Optional<JWSHeader> header() {
        try {
            int end = Math.max(serialized.indexOf('.'), 0);
            return Optional.of(JWSHeader.parse(new Base64URL(serialized.substring(0, end))));
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    String serialized() {
        return serialized;
    }

    /** What the token is remembered by. */
    Sha256 digest() {
        return digest;
    }
}
