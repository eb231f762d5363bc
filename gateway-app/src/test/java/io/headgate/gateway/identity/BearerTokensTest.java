package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.IdentityRules;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BearerTokensTest {

    private static final IdentityRules RULES =
            new IdentityRules(List.of(), 32, 64, "sub", "org_id", "plan", Set.of(), "free", "anonymous");
    private static final String AUDIENCE = "api";

    private final MockOAuth2Server server = new MockOAuth2Server();
    private final RSAKey publishedElsewhere = key("elsewhere");
    private BearerTokens tokens;

    @BeforeEach
    void start() throws MalformedURLException {
        server.start();
        tokens = tokens(server.jwksUrl("tests").toString());
    }

    @AfterEach
    void stop() {
        server.shutdown();
    }

    private BearerTokens tokens(String jwkSetUrl) throws MalformedURLException {
        TokenVerifier verifier = new TokenVerifier(
                server.issuerUrl("tests").toString(),
                AUDIENCE,
                URI.create(jwkSetUrl).toURL(),
                Set.of(JWSAlgorithm.RS256));
        return new BearerTokens(verifier, Runnable::run, InstantSource.system());
    }

    @Test
    void aTokenOfTheIssuerNamesItsUser() {
        String token = issued("ada", AUDIENCE, 600);
        assertThat(verified(token)).isEqualTo(new Identity.Verified(new Caller("ada", null, "pro")));
    }

    @Test
    void aVerifiedTokenIsKnownAtAGlance() {
        String token = issued("ada", AUDIENCE, 600);
        assertThat(tokens.look(new BearerToken(token), RULES)).isInstanceOf(Identity.Unchecked.class);
        Identity verified = verified(token);
        server.shutdown();
        assertThat(tokens.look(new BearerToken(token), RULES)).isEqualTo(verified);
    }

    @Test
    void knownKeysOutliveTheirIssuer() {
        verified(issued("ada", AUDIENCE, 600));
        String next = issued("grace", AUDIENCE, 600);
        server.shutdown();
        assertThat(verified(next)).isInstanceOf(Identity.Verified.class);
    }

    @Test
    void aTokenIsNotJudgedWithoutKeys() throws MalformedURLException {
        tokens = tokens("http://127.0.0.1:1/jwks");
        assertRejected(issued("ada", AUDIENCE, 600), AuthenticationFailure.NO_KEYS);
    }

    @Test
    void aTokenForSomebodyElseIsRefused() {
        assertRejected(issued("ada", "another-api", 600), AuthenticationFailure.BAD_TOKEN);
    }

    @Test
    void aTokenOfAnotherIssuerIsRefused() {
        String token =
                server.issueToken("others", "ada", AUDIENCE, Map.of(), 600).serialize();
        assertRejected(token, AuthenticationFailure.BAD_TOKEN);
    }

    @Test
    void anEndedTokenIsRefusedAfterAMinuteOfGrace() {
        assertThat(verified(issued("ada", AUDIENCE, -30))).isInstanceOf(Identity.Verified.class);
        assertRejected(issued("ada", AUDIENCE, -90), AuthenticationFailure.BAD_TOKEN);
    }

    @Test
    void aTokenWithoutAnEndIsRefused() throws JOSEException {
        JWTClaimsSet claims =
                new JWTClaimsSet.Builder(claims()).expirationTime(null).build();
        assertRejected(signed(claims, JWSAlgorithm.RS256, "tests", new RSASSASigner(publishedElsewhere)));
    }

    @Test
    void aTokenWithoutAUserIsRefused() {
        assertRejected(issued("", AUDIENCE, 600), AuthenticationFailure.BAD_TOKEN);
    }

    @Test
    void aTokenSignedByAnotherKeyIsRefused() throws JOSEException {
        verified(issued("ada", AUDIENCE, 600));
        assertRejected(signed(claims(), JWSAlgorithm.RS256, "tests", new RSASSASigner(publishedElsewhere)));
        assertRejected(signed(claims(), JWSAlgorithm.RS256, "unknown", new RSASSASigner(publishedElsewhere)));
    }

    @Test
    void anAlgorithmOfTheTokensOwnChoiceIsRefused() throws JOSEException {
        byte[] secret = "the public key, which everybody knows, as a secret".getBytes(StandardCharsets.UTF_8);
        assertRejected(signed(claims(), JWSAlgorithm.HS256, "tests", new MACSigner(secret)));
        assertRejected(signed(claims(), JWSAlgorithm.RS512, "tests", new RSASSASigner(publishedElsewhere)));
        assertRejected(new PlainJWT(claims()).serialize());
    }

    @Test
    void aKeyThatTheTokenBringsAlongIsNotUsed() throws JOSEException {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .jwk(publishedElsewhere.toPublicJWK())
                .type(JOSEObjectType.JWT)
                .build();
        SignedJWT token = new SignedJWT(header, claims());
        token.sign(new RSASSASigner(publishedElsewhere));
        assertRejected(token.serialize());
    }

    @Test
    void aTamperedTokenIsRefused() {
        String[] parts = issued("ada", AUDIENCE, 600).split("\\.", -1);
        String[] other = issued("grace", AUDIENCE, 600).split("\\.", -1);
        assertRejected(parts[0] + "." + other[1] + "." + parts[2]);
    }

    @Test
    void garbageIsRefused() {
        for (String garbage : List.of("", ".", "..", "a.b.c", "a.b.c.d.e", "null", "{}", "ey".repeat(4_000))) {
            assertRejected(garbage);
        }
    }

    @Test
    void unknownKeysDoNotSendUsToTheIssuerEachTime() throws JOSEException {
        verified(issued("ada", AUDIENCE, 600));
        drainRequests();
        for (int i = 0; i < 50; i++) {
            assertRejected(signed(claims(), JWSAlgorithm.RS256, "unknown" + i, new RSASSASigner(publishedElsewhere)));
        }
        assertThat(drainRequests()).isLessThanOrEqualTo(1);
    }

    /** How many requests the issuer has received since this was asked last. */
    private int drainRequests() {
        int count = 0;
        while (true) {
            try {
                server.takeRequest(0, TimeUnit.SECONDS);
                count++;
            } catch (RuntimeException noMore) {
                return count;
            }
        }
    }

    private String issued(String subject, String audience, long seconds) {
        return server.issueToken("tests", subject, audience, Map.of("plan", "pro"), seconds)
                .serialize();
    }

    private JWTClaimsSet claims() {
        return new JWTClaimsSet.Builder()
                .issuer(server.issuerUrl("tests").toString())
                .audience(AUDIENCE)
                .subject("ada")
                .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(10))))
                .build();
    }

    private static String signed(JWTClaimsSet claims, JWSAlgorithm algorithm, String key, JWSSigner signer)
            throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(algorithm)
                        .keyID(key)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims);
        token.sign(signer);
        return token.serialize();
    }

    private static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private Identity verified(String token) {
        return tokens.verify(new BearerToken(token), RULES)
                .toCompletableFuture()
                .join();
    }

    private void assertRejected(String token) {
        assertRejected(token, AuthenticationFailure.BAD_TOKEN);
    }

    private void assertRejected(String token, AuthenticationFailure why) {
        assertThat(verified(token)).isEqualTo(new Identity.Rejected(why));
    }
}
