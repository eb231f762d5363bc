package io.headgate.gateway.identity;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes API keys: 256 random bits, under a prefix by which scanners for leaked secrets find them. */
final class NewApiKey {

    static final String PREFIX = "hg_";

    private static final int BYTES = 32;

    private NewApiKey() {}

    static String random() {
        byte[] bits = new byte[BYTES];
        new SecureRandom().nextBytes(bits);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
