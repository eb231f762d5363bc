package io.headgate.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.headgate.policy.match.IdentityRules;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A token names a caller only if its issuer signed it, by an algorithm we chose, for us, with a life that has not ended;
 * whatever it says beyond that, nothing breaks. The first byte of the input is whose signature it gets, the next line is
 * its header, the others its claims; or all of it stands in the request as it is.
 */
public final class TokenFuzz {

    private static final IdentityRules RULES = new IdentityRules(
            List.of(), 32, 64, "sub", "org", "plan", "realm.roles", Set.of("device"), "free", "anonymous");
    private static final String ISSUER = "https://issuer.example";
    private static final String AUDIENCE = "api";
    private static final ECKey OURS = key();
    private static final ECKey THEIRS = key();
    private static final JWKSet PUBLISHED = new JWKSet(OURS.toPublicJWK());
    private static final TokenVerifier VERIFIER = new TokenVerifier(
            ISSUER,
            AUDIENCE,
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256, JWSAlgorithm.EdDSA),
            Set.of("at+jwt", "JWT", "none"));

    private TokenFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        String text = new String(input, 1, input.length - 1, StandardCharsets.UTF_8);
        switch (input[0] % 4) {
            case 0 -> asItIs(text);
            case 1 -> signedBy(OURS, text);
            case 2 -> signedBy(THEIRS, text);
            default -> signedBy(null, text);
        }
    }

    private static void asItIs(String text) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Authorization", text);
        Credential credential = Credential.of(headers, text);
        if (credential instanceof Credential.Bearer bearer) {
            check(!genuine(bearer.token()), "nobody's signature is taken", text);
        }
    }

    private static void signedBy(@Nullable ECKey key, String text) throws Exception {
        int end = text.indexOf('\n');
        String header = end < 0 ? text : text.substring(0, end);
        String claims = end < 0 ? "{}" : text.substring(end + 1);
        String signed = Base64URL.encode(header) + "." + Base64URL.encode(claims);
        String token = signed + "." + (key == null ? "" : signature(key, signed));
        if (genuine(token)) {
            check(OURS.equals(key), "another key's signature is taken", text);
            check(isInOrder(JSONObjectUtils.parse(header), JSONObjectUtils.parse(claims)), "is not in order", text);
        }
    }

    private static boolean genuine(String token) {
        BearerToken presented = new BearerToken(token);
        Optional<VerifiedToken> verified = VERIFIER.verify(presented, PUBLISHED);
        if (verified.isEmpty()) {
            // Anybody may have written it, and it is read before anything is verified.
            var unused = presented.header();
            return false;
        }
        check(presented.header().isPresent(), "has no header", token);
        Optional<Identity> identity = verified.get().identity(RULES, RevokedTokens.NONE);
        check(identity.stream().noneMatch(TokenFuzz::isNobody), "names nobody", token);
        check(!verified.get().isAmong(RevokedTokens.NONE), "is revoked by nobody", token);
        return true;
    }

    private static boolean isNobody(Identity identity) {
        return !(identity instanceof Identity.Verified named)
                || named.caller().user() == null
                || named.caller().user().isBlank();
    }

    /** Everything that makes a token one of ours, read by itself. */
    private static boolean isInOrder(Map<String, Object> header, Map<String, Object> claims) {
        Object type = header.get("typ");
        Object audience = claims.get("aud");
        return "ES256".equals(header.get("alg"))
                && (type == null
                        || List.of("jwt", "at+jwt", "application/at+jwt", "application/jwt")
                                .contains(type.toString().toLowerCase(Locale.ROOT)))
                && List.of("jwk", "jku", "x5u", "x5c", "crit").stream().allMatch(name -> header.get(name) == null)
                && ISSUER.equals(claims.get("iss"))
                && (audience instanceof Collection<?> several ? several.contains(AUDIENCE) : AUDIENCE.equals(audience))
                && claims.get("exp") instanceof Number end
                && end.longValue() > System.currentTimeMillis() / 1_000 - 65;
    }

    private static Base64URL signature(ECKey key, String text) throws GeneralSecurityException, JOSEException {
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(key.toECPrivateKey());
        signature.update(text.getBytes(StandardCharsets.US_ASCII));
        return Base64URL.encode(signature.sign());
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("k").generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static void check(boolean holds, String otherwise, String token) {
        if (!holds) {
            throw new AssertionError(token + " " + otherwise);
        }
    }
}
