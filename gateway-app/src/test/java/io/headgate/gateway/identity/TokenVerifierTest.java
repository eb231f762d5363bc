package io.headgate.gateway.identity;

import static io.headgate.gateway.identity.SignedTokens.claims;
import static io.headgate.gateway.identity.SignedTokens.header;
import static io.headgate.gateway.identity.SignedTokens.key;
import static io.headgate.gateway.identity.SignedTokens.published;
import static io.headgate.gateway.identity.SignedTokens.signed;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.PlainJWT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenVerifierTest {

    private static final RSAKey KEY = key("published");
    private static final RSAKey ANOTHER = key("another");

    @Test
    void aTokenByAPublishedKeySaysWhoItIsOfAndWhatSignedIt() throws JOSEException {
        Optional<VerifiedToken> token =
                verifier(JWSAlgorithm.RS256).verify(new BearerToken(signed(KEY)), published(ANOTHER, KEY));
        assertThat(token.map(VerifiedToken::keys)).contains(List.of(KEY.toPublicJWK()));
    }

    @Test
    void aTokenThatNamesNoKeyMayBeByAnyOfThem() throws JOSEException {
        String nameless = signed(new JWSHeader.Builder(JWSAlgorithm.RS256), claims(), KEY);
        Optional<VerifiedToken> token =
                verifier(JWSAlgorithm.RS256).verify(new BearerToken(nameless), published(ANOTHER, KEY));
        assertThat(token.map(VerifiedToken::keys)).contains(List.of(ANOTHER.toPublicJWK(), KEY.toPublicJWK()));
    }

    @Test
    void aTokenWithoutAnEndIsRefused() throws JOSEException {
        RSASSASigner signer = new RSASSASigner(KEY);
        String ending = claims().toString();
        assertThat(isTaken(signed(rsa(), ending, signer))).isTrue();
        for (String instead : List.of("\"exp\":null", "\"more\":1")) {
            String endless = ending.replaceFirst("\"exp\":\\d+", instead);
            assertThat(endless).isNotEqualTo(ending);
            assertThat(isTaken(signed(rsa(), endless, signer))).as(instead).isFalse();
        }
    }

    @Test
    void aTokenSignedByAnotherKeyIsRefused() throws JOSEException {
        assertThat(isTaken(signed(header(JWSAlgorithm.RS256, "published"), claims(), ANOTHER)))
                .isFalse();
        assertThat(isTaken(signed(header(JWSAlgorithm.RS256, "another"), claims(), ANOTHER)))
                .isFalse();
    }

    @Test
    void anAlgorithmOfTheTokensOwnChoiceIsRefused() throws JOSEException {
        byte[] secret = KEY.toRSAPublicKey().getEncoded();
        assertThat(isTaken(signed(header(JWSAlgorithm.HS256, "published"), claims().toString(), new MACSigner(secret))))
                .isFalse();
        assertThat(isTaken(signed(header(JWSAlgorithm.RS512, "published"), claims(), KEY)))
                .isFalse();
        assertThat(isTaken(new PlainJWT(claims()).serialize())).isFalse();
    }

    @Test
    void aKeyThatTheTokenBringsAlongIsNotUsed() throws JOSEException {
        JWSHeader.Builder bringing = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .jwk(ANOTHER.toPublicJWK())
                .type(JOSEObjectType.JWT);
        assertThat(isTaken(signed(bringing, claims(), ANOTHER))).isFalse();
    }

    @Test
    void anIssuerMaySignWithEd25519() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        KeyPair pair = generator.generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        OctetKeyPair key = new OctetKeyPair.Builder(
                        Curve.Ed25519,
                        Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)))
                .keyID("edwards")
                .build();
        TokenVerifier verifier = verifier(JWSAlgorithm.EdDSA);
        assertThat(isTaken(verifier, edwards(pair.getPrivate()), key)).isTrue();
        assertThat(isTaken(verifier, edwards(generator.generateKeyPair().getPrivate()), key))
                .isFalse();
    }

    private static String edwards(PrivateKey key) throws GeneralSecurityException {
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("edwards").build();
        String signed = header.toBase64URL() + "." + Base64URL.encode(claims().toString());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64URL.encode(signature.sign());
    }

    @Test
    void aTokenThatAsksForAnotherKeyOrForExtensionsIsRefusedThoughItsSignatureIsRight() throws JOSEException {
        URI elsewhere = URI.create("https://evil.example/keys");
        Map<String, JWSHeader.Builder> headers = Map.of(
                "jku", rsa().jwkURL(elsewhere),
                "x5u", rsa().x509CertURL(elsewhere),
                "x5c", rsa().x509CertChain(List.of(Base64.encode("no certificate"))),
                "jwk", rsa().jwk(KEY.toPublicJWK()),
                "crit", rsa().criticalParams(Set.of("exp")).customParam("exp", 1));
        assertThat(isTaken(signed(rsa(), claims(), KEY))).isTrue();
        for (Map.Entry<String, JWSHeader.Builder> asking : headers.entrySet()) {
            assertThat(isTaken(signed(asking.getValue(), claims(), KEY)))
                    .as(asking.getKey())
                    .isFalse();
        }
    }

    private static JWSHeader.Builder rsa() {
        return header(JWSAlgorithm.RS256, "published");
    }

    @ParameterizedTest
    @CsvSource({
        "at+jwt JWT none, at+jwt, true",
        "at+jwt JWT none, AT+JWT, true",
        "at+jwt JWT none, application/at+jwt, true",
        "at+jwt JWT none, jwt, true",
        "at+jwt JWT none, , true",
        "at+jwt JWT none, none, false",
        "at+jwt JWT none, dpop+jwt, false",
        "at+jwt JWT none, logout+jwt, false",
        "at+jwt JWT none, '', false",
        "at+jwt, at+jwt, true",
        "at+jwt, JWT, false",
        "at+jwt, , false",
        "application/at+jwt, at+jwt, true"
    })
    void aTokenIsOfATypeThatIsAccepted(String accepted, String type, boolean taken) throws JOSEException {
        String token = signed(rsa().type(type == null ? null : new JOSEObjectType(type)), claims(), KEY);
        assertThat(isTaken(verifier(JWSAlgorithm.RS256, accepted.split(" ", -1)), token, KEY))
                .isEqualTo(taken);
    }

    private static boolean isTaken(String token) {
        return isTaken(verifier(JWSAlgorithm.RS256), token, KEY);
    }

    private static boolean isTaken(TokenVerifier verifier, String token, JWK key) {
        return verifier.verify(new BearerToken(token), published(key)).isPresent();
    }

    private static TokenVerifier verifier(JWSAlgorithm algorithm) {
        return verifier(algorithm, "at+jwt", "JWT", "none");
    }

    private static TokenVerifier verifier(JWSAlgorithm algorithm, String... types) {
        return new TokenVerifier(SignedTokens.ISSUER, SignedTokens.AUDIENCE, Set.of(algorithm), Set.of(types));
    }
}
