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
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimNames;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the bearer tokens of one issuer: signature by a key the issuer publishes and an algorithm we chose, exact
 * issuer, our audience, a type that is accepted, and a life that has begun and not ended, give or take {@link #SKEW}.
 * Encrypted and unsigned
 * tokens are refused, and so are those that bring a key or the address of one along, or ask for extensions.
 *
 * <p>Thread-safe.
 */
final class TokenVerifier {

    static final Duration SKEW = Duration.ofSeconds(60);

    /** The type of a token that states none. */
    static final String NO_TYPE = "none";

    /** What may stand before a type (RFC 7515 §4.1.9). */
    private static final String MEDIA = "application/";

    private final DefaultJWTProcessor<Published> processor = new DefaultJWTProcessor<>();
    private final Set<JWSAlgorithm> algorithms;
    private final Set<String> types;

    /** @param types values of {@code typ} that are accepted, or {@link #NO_TYPE} */
    TokenVerifier(String issuer, String audience, Set<JWSAlgorithm> algorithms, Set<String> types) {
        this.algorithms = Set.copyOf(algorithms);
        this.types = types.stream().map(TokenVerifier::plain).collect(Collectors.toUnmodifiableSet());
        processor.setJWSKeySelector(this::keys);
        processor.setJWSVerifierFactory(new Checks());
        processor.setJWSTypeVerifier((type, published) -> check(type));
        DefaultJWTClaimsVerifier<Published> claims = new DefaultJWTClaimsVerifier<>(
                audience, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of(JWTClaimNames.EXPIRATION_TIME));
        claims.setMaxClockSkew(Math.toIntExact(SKEW.toSeconds()));
        processor.setJWTClaimsSetVerifier(claims);
    }

    /** The token, if one of the issuer's keys has signed it and it is in order; empty otherwise. */
    Optional<VerifiedToken> verify(BearerToken token, JWKSet keys) {
        try {
            SignedJWT signed = SignedJWT.parse(token.serialized());
            JWTClaimsSet claims = processor.process(signed, new Published(keys));
            // The claim has to be there, but may be null.
            return Optional.ofNullable(claims.getExpirationTime())
                    .map(end -> new Claims(claims.getClaims(), end.toInstant()))
                    .map(said -> new VerifiedToken(said, matching(signed.getHeader(), keys)));
        } catch (BadJOSEException | JOSEException | ParseException e) {
            return Optional.empty();
        }
    }

    private void check(@Nullable JOSEObjectType type) throws BadJOSEException {
        boolean stated = type != null && !type.getType().equalsIgnoreCase(NO_TYPE);
        if (!(type == null ? types.contains(NO_TYPE) : stated && types.contains(plain(type.getType())))) {
            throw new BadJOSEException("typ: " + type + " (expected: one of " + types + ")");
        }
    }

    private static String plain(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith(MEDIA) ? lower.substring(MEDIA.length()) : lower;
    }

    private List<Key> keys(JWSHeader header, Published published) {
        if (!algorithms.contains(header.getAlgorithm()) || asksForTrust(header)) {
            return List.of();
        }
        List<Key> usable = new ArrayList<>();
        for (JWK jwk : matching(header, published.keys())) {
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

    private static List<JWK> matching(JWSHeader header, JWKSet keys) {
        return new JWKSelector(JWKMatcher.forJWSHeader(header)).select(keys);
    }

    /** Whether the token would choose the key it is checked with, or the rules. */
    private static boolean asksForTrust(JWSHeader header) {
        return header.getJWK() != null
                || header.getJWKURL() != null
                || header.getX509CertURL() != null
                || header.getX509CertChain() != null
                || header.getCriticalParams() != null;
    }

    /** What a token is held against. */
    private record Published(JWKSet keys) implements SecurityContext {}

    private static final class Checks extends DefaultJWSVerifierFactory {

        @Override
        public JWSVerifier createJWSVerifier(JWSHeader header, Key key) throws JOSEException {
            return key instanceof EdECPublicKey edwards
                    ? new Ed25519Check(edwards)
                    : super.createJWSVerifier(header, key);
        }
    }
}
