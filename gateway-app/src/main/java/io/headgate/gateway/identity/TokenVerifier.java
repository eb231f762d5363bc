package io.headgate.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyConverter;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimNames;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * Verifies the bearer tokens of one issuer: signature by a key the issuer publishes and an algorithm we chose, exact
 * issuer, our audience, and a life that has begun and not ended, give or take {@link #SKEW}. Encrypted and unsigned
 * tokens are refused, and so are those that bring a key or the address of one along, or ask for extensions.
 *
 * <p>Thread-safe.
 */
final class TokenVerifier {

    static final Duration SKEW = Duration.ofSeconds(60);

    private final DefaultJWTProcessor<Lookup> processor = new DefaultJWTProcessor<>();
    private final Set<JWSAlgorithm> algorithms;

    TokenVerifier(String issuer, String audience, Set<JWSAlgorithm> algorithms) {
        this.algorithms = Set.copyOf(algorithms);
        processor.setJWSKeySelector(this::keys);
        processor.setJWSVerifierFactory(new Checks());
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT,
                new JOSEObjectType("at+jwt"),
                // The same in full (RFC 7515 §4.1.9).
                new JOSEObjectType("application/jwt"),
                new JOSEObjectType("application/at+jwt"),
                null));
        DefaultJWTClaimsVerifier<Lookup> claims = new DefaultJWTClaimsVerifier<>(
                audience, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of(JWTClaimNames.EXPIRATION_TIME));
        claims.setMaxClockSkew(Math.toIntExact(SKEW.toSeconds()));
        processor.setJWTClaimsSetVerifier(claims);
    }

    /** Outcome of a verification. */
    sealed interface Outcome {
        /** The token is genuine. */
        record Genuine(Claims claims) implements Outcome {}

        /** It is not. */
        record Bad() implements Outcome {}

        /** It may be, but it is signed with a key that is not among those that were given. */
        record UnknownKey() implements Outcome {}
    }

    /** Holds a token against the issuer's keys. */
    Outcome verify(BearerToken token, JWKSet keys) {
        Lookup lookup = new Lookup(keys);
        try {
            JWTClaimsSet claims = processor.process(token.serialized(), lookup);
            Date end = claims.getExpirationTime();
            // The claim has to be there, but may be null.
            return end == null
                    ? new Outcome.Bad()
                    : new Outcome.Genuine(new Claims(claims.getClaims(), end.toInstant()));
        } catch (BadJOSEException | JOSEException | ParseException e) {
            return lookup.missed ? new Outcome.UnknownKey() : new Outcome.Bad();
        }
    }

    private List<Key> keys(JWSHeader header, Lookup lookup) {
        if (!algorithms.contains(header.getAlgorithm()) || asksForTrust(header)) {
            return List.of();
        }
        List<JWK> matching = new JWKSelector(JWKMatcher.forJWSHeader(header)).select(lookup.keys);
        lookup.missed = matching.isEmpty();
        List<Key> usable = new ArrayList<>();
        for (JWK jwk : matching) {
            if (jwk instanceof OctetKeyPair pair) {
                Ed25519Check.key(pair).ifPresent(usable::add);
            } else {
                KeyConverter.toJavaKeys(List.of(jwk)).stream()
                        .filter(PublicKey.class::isInstance)
                        .forEach(usable::add);
            }
        }
        return usable;
    }

    /** Whether the token would choose the key it is checked with, or the rules. */
    private static boolean asksForTrust(JWSHeader header) {
        return header.getJWK() != null
                || header.getJWKURL() != null
                || header.getX509CertURL() != null
                || header.getX509CertChain() != null
                || header.getCriticalParams() != null;
    }

    /** One token's search among the keys. */
    private static final class Lookup implements SecurityContext {

        private final JWKSet keys;
        private boolean missed;

        Lookup(JWKSet keys) {
            this.keys = keys;
        }
    }

    private static final class Checks extends DefaultJWSVerifierFactory {

        @Override
        public JWSVerifier createJWSVerifier(JWSHeader header, Key key) throws JOSEException {
            return key instanceof EdECPublicKey edwards
                    ? new Ed25519Check(edwards)
                    : super.createJWSVerifier(header, key);
        }
    }
}
