package io.headgate.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;

/** Tokens made by hand, good ones and such as no issuer would make. */
final class SignedTokens {

    static final String ISSUER = "https://issuer.example";
    static final String AUDIENCE = "api";

    private SignedTokens() {}

    static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** What an issuer with these keys publishes. */
    static JWKSet published(JWK... keys) {
        return new JWKSet(Stream.of(keys).map(JWK::toPublicJWK).toList());
    }

    /** Claims that are in order, and name ada. */
    static JWTClaimsSet claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("ada")
                .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(10))))
                .build();
    }

    static JWSHeader.Builder header(JWSAlgorithm algorithm, String key) {
        return new JWSHeader.Builder(algorithm).keyID(key).type(JOSEObjectType.JWT);
    }

    /** A token that is in order. */
    static String signed(RSAKey key) throws JOSEException {
        return signed(header(JWSAlgorithm.RS256, key.getKeyID()), claims(), key);
    }

    static String signed(JWSHeader.Builder header, JWTClaimsSet claims, RSAKey key) throws JOSEException {
        return signed(header, claims.toString(), new RSASSASigner(key));
    }

    /** @param claims may be anything */
    static String signed(JWSHeader.Builder header, String claims, JWSSigner signer) throws JOSEException {
        JWSObject token = new JWSObject(header.build(), new Payload(claims));
        token.sign(signer);
        return token.serialize();
    }
}
