package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Grants;
import io.headgate.policy.match.IdentityRules;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokensTest {

    private static final IdentityRules RULES = new IdentityRules(
            List.of(), 32, 64, "sub", "org_id", "plan", "realm.roles", Set.of("device"), "free", "anonymous");
    private static final String AUDIENCE = "api";

    private final MockOAuth2Server server = new MockOAuth2Server();
    private static final RSAKey PUBLISHED_ELSEWHERE = key("elsewhere");

    private final AtomicLong nanos = new AtomicLong();
    /** Signatures that were looked at. */
    private final AtomicInteger checks = new AtomicInteger();

    private final AtomicReference<RevokedTokens> revoked = new AtomicReference<>(RevokedTokens.NONE);
    private BearerTokens tokens;

    @BeforeEach
    void start() {
        server.start();
        tokens = tokens(server.jwksUrl("tests").toString());
    }

    @AfterEach
    void stop() {
        server.shutdown();
    }

    private BearerTokens tokens(String jwkSetUrl) {
        return tokens(new JwkSetEndpoint(URI.create(jwkSetUrl), Duration.ofMinutes(1)), JWSAlgorithm.RS256);
    }

    private BearerTokens tokens(Supplier<CompletionStage<JWKSet>> endpoint, JWSAlgorithm algorithm, String... types) {
        TokenVerifier verifier = new TokenVerifier(
                server.issuerUrl("tests").toString(),
                AUDIENCE,
                Set.of(algorithm),
                types.length == 0 ? Set.of("at+jwt", "JWT", "none") : Set.of(types));
        Executor counting = task -> {
            checks.incrementAndGet();
            task.run();
        };
        return new BearerTokens(
                new IssuerKeys(endpoint, nanos::get), verifier, revoked::get, counting, InstantSource.system());
    }

    @Test
    void aTokenOfTheIssuerNamesItsUser() {
        String token = issued("ada", AUDIENCE, 600);
        assertThat(verified(token)).isEqualTo(new Identity.Verified(new Caller("ada", null, "pro")));
    }

    @Test
    void aTokenTellsTheClaimsThatLimitsCountByAndNoOthers() {
        String token = server.issueToken("tests", "ada", AUDIENCE, Map.of("device", "d-1", "colour", "red"), 600)
                .serialize();
        assertThat(verified(token))
                .isEqualTo(new Identity.Verified(new Caller("ada", null, null, Map.of("device", "d-1"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'scope': 'a b', 'scp': 'c'}           | a,b |",
                "{'scope': ' a  b '}                    | a,b |",
                "{'scp': ['a', 'b', 7]}                 | a,b |",
                "{'scp': 'a b'}                         | a,b |",
                "{'scope': 7}                           |     |",
                "{'realm': {'roles': ['x', 'y z']}}     |     | x,y z",
                "{'realm.roles': 'y z', 'realm': {'roles': ['x']}} | | y z",
                "{'realm': ['roles']}                   |     |",
            })
    void aTokenTellsItsScopesAndRoles(String claims, String scopes, String roles) throws ParseException {
        Map<String, Object> said = JSONObjectUtils.parse(claims.replace('\'', '"'));
        String token = server.issueToken("tests", "ada", AUDIENCE, said, 600).serialize();
        assertThat(((Identity.Verified) verified(token)).caller().grants())
                .isEqualTo(new Grants(words(scopes), words(roles)));
    }

    private static Set<String> words(String list) {
        return list == null ? Set.of() : Set.of(list.split(","));
    }

    @Test
    void aChangeOfTheRulesIsAChangeOfTheCaller() {
        String token = issued("ada", AUDIENCE, 600);
        verified(token);
        IdentityRules others =
                new IdentityRules(List.of(), 32, 64, "plan", null, "sub", null, Set.of(), "free", "anonymous");
        assertThat(tokens.look(new BearerToken(token), others))
                .isEqualTo(new Identity.Verified(new Caller("pro", null, "ada")));
    }

    @Test
    void aVerifiedTokenIsKnownAtAGlance() {
        String token = issued("ada", AUDIENCE, 600);
        assertThat(tokens.look(new BearerToken(token), RULES)).isInstanceOf(Identity.Unchecked.class);
        Identity verified = verified(token);
        server.shutdown();
        assertThat(tokens.look(new BearerToken(token), RULES)).isEqualTo(verified);
    }

    @ParameterizedTest
    @CsvSource({
        "jti t-1, true",
        "jti t-2, false",
        "sub ada, true",
        "sub eve, false",
        "sub ada before 2000-01-01T00:00:00Z, false",
        "sub ada before 2100-01-01T00:00:00Z, true",
        "# sub ada, false"
    })
    void aTokenIsRefusedFromTheMomentItIsRevoked(String line, boolean refused, @TempDir Path folder)
            throws IOException {
        String token = server.issueToken("tests", "ada", AUDIENCE, Map.of("jti", "t-1"), 600)
                .serialize();
        Identity before = verified(token);
        revoked.set(RevokedTokens.read(Files.writeString(folder.resolve("revoked"), line + "\n")));
        Identity now = refused ? new Identity.Rejected(AuthenticationFailure.BAD_TOKEN) : before;
        assertThat(tokens.look(new BearerToken(token), RULES)).isEqualTo(now);
        assertThat(verified(token)).isEqualTo(now);
        revoked.set(RevokedTokens.NONE);
        assertThat(tokens.look(new BearerToken(token), RULES)).isEqualTo(before);
    }

    @Test
    void whatIsNoRevocationIsNamedWithItsLine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("revoked"), "jti a\nuser b\n\nsub c before noon\nsub d before\n");
        assertThatThrownBy(() -> RevokedTokens.read(file))
                .message()
                .contains(":2: user b (expected: jti <id>", ":4: sub c before noon", ":5: sub d before")
                .doesNotContain(":1:");
        assertThatThrownBy(() -> RevokedTokens.read(folder.resolve("missing")))
                .message()
                .contains("cannot be read");
    }

    @Test
    void knownKeysOutliveTheirIssuer() {
        verified(issued("ada", AUDIENCE, 600));
        String next = issued("grace", AUDIENCE, 600);
        server.shutdown();
        assertThat(verified(next)).isInstanceOf(Identity.Verified.class);
    }

    @Test
    void aTokenIsNotJudgedWithoutKeys() {
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
        assertRejected(signed(claims, JWSAlgorithm.RS256, "tests", new RSASSASigner(PUBLISHED_ELSEWHERE)));
    }

    @Test
    void aTokenWithoutAUserIsRefused() {
        assertRejected(issued("", AUDIENCE, 600), AuthenticationFailure.BAD_TOKEN);
    }

    @Test
    void aTokenSignedByAnotherKeyIsRefused() throws JOSEException {
        verified(issued("ada", AUDIENCE, 600));
        assertRejected(signed(claims(), JWSAlgorithm.RS256, "tests", new RSASSASigner(PUBLISHED_ELSEWHERE)));
        assertRejected(signed(claims(), JWSAlgorithm.RS256, "unknown", new RSASSASigner(PUBLISHED_ELSEWHERE)));
    }

    @Test
    void anAlgorithmOfTheTokensOwnChoiceIsRefused() throws JOSEException {
        byte[] secret = "the public key, which everybody knows, as a secret".getBytes(StandardCharsets.UTF_8);
        assertRejected(signed(claims(), JWSAlgorithm.HS256, "tests", new MACSigner(secret)));
        assertRejected(signed(claims(), JWSAlgorithm.RS512, "tests", new RSASSASigner(PUBLISHED_ELSEWHERE)));
        assertRejected(new PlainJWT(claims()).serialize());
    }

    @Test
    void aKeyThatTheTokenBringsAlongIsNotUsed() throws JOSEException {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .jwk(PUBLISHED_ELSEWHERE.toPublicJWK())
                .type(JOSEObjectType.JWT)
                .build();
        SignedJWT token = new SignedJWT(header, claims());
        token.sign(new RSASSASigner(PUBLISHED_ELSEWHERE));
        assertRejected(token.serialize());
    }

    @Test
    void anIssuerMaySignWithEd25519() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        KeyPair pair = generator.generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        OctetKeyPair published = new OctetKeyPair.Builder(
                        Curve.Ed25519,
                        Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)))
                .keyID("edwards")
                .build();
        tokens = tokens(() -> CompletableFuture.completedStage(new JWKSet(published)), JWSAlgorithm.EdDSA);
        assertThat(verified(edwards(claims(), pair.getPrivate()))).isInstanceOf(Identity.Verified.class);
        assertRejected(edwards(claims(), generator.generateKeyPair().getPrivate()));
    }

    private static String edwards(JWTClaimsSet claims, PrivateKey key) throws GeneralSecurityException {
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("edwards").build();
        String signed = header.toBase64URL() + "." + Base64URL.encode(claims.toString());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64URL.encode(signature.sign());
    }

    @Test
    void aTokenThatAsksForAnotherKeyOrForExtensionsIsRefusedThoughItsSignatureIsRight() throws Exception {
        RSAKey published = key("published");
        tokens =
                tokens(() -> CompletableFuture.completedStage(new JWKSet(published.toPublicJWK())), JWSAlgorithm.RS256);
        assertThat(verified(signed(header(), published))).isInstanceOf(Identity.Verified.class);
        URI elsewhere = URI.create("https://evil.example/keys");
        assertRejected(signed(header().jwkURL(elsewhere), published));
        assertRejected(signed(header().x509CertURL(elsewhere), published));
        assertRejected(signed(header().x509CertChain(List.of(Base64.encode("no certificate"))), published));
        assertRejected(signed(header().jwk(published.toPublicJWK()), published));
        assertRejected(signed(header().criticalParams(Set.of("exp")).customParam("exp", 1), published));
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
    void aTokenIsOfATypeThatIsAccepted(String accepted, String type, boolean taken) throws Exception {
        tokens = tokens(
                () -> CompletableFuture.completedStage(new JWKSet(PUBLISHED_ELSEWHERE.toPublicJWK())),
                JWSAlgorithm.RS256,
                accepted.split(" ", -1));
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("elsewhere");
        String token = signed(type == null ? header : header.type(new JOSEObjectType(type)), PUBLISHED_ELSEWHERE);
        assertThat(verified(token) instanceof Identity.Verified).isEqualTo(taken);
    }

    private static JWSHeader.Builder header() {
        return new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("published").type(JOSEObjectType.JWT);
    }

    private String signed(JWSHeader.Builder header, RSAKey key) throws JOSEException {
        SignedJWT token = new SignedJWT(header.build(), claims());
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    @Test
    void aKeyThatTheIssuerHasWithdrawnIsRefusedTwoMinutesLater() throws Exception {
        RSAKey first = key("first");
        RSAKey second = key("second");
        AtomicReference<JWKSet> published = new AtomicReference<>(new JWKSet(first.toPublicJWK()));
        tokens = tokens(() -> CompletableFuture.completedStage(published.get()), JWSAlgorithm.RS256);
        assertThat(verified(signed(claims(), JWSAlgorithm.RS256, "first", new RSASSASigner(first))))
                .isInstanceOf(Identity.Verified.class);
        published.set(new JWKSet(second.toPublicJWK()));
        nanos.addAndGet(IssuerKeys.FRESH.toNanos() + 1);
        JWTClaimsSet others =
                new JWTClaimsSet.Builder(claims()).subject("grace").build();
        assertRejected(signed(others, JWSAlgorithm.RS256, "first", new RSASSASigner(first)));
        assertThat(verified(signed(others, JWSAlgorithm.RS256, "second", new RSASSASigner(second))))
                .isInstanceOf(Identity.Verified.class);
    }

    @Test
    void aTamperedTokenIsRefused() {
        String[] parts = issued("ada", AUDIENCE, 600).split("\\.", -1);
        String[] other = issued("grace", AUDIENCE, 600).split("\\.", -1);
        assertRejected(parts[0] + "." + other[1] + "." + parts[2]);
    }

    @Test
    void aTokenHasOneSpelling() {
        String token = issued("ada", AUDIENCE, 600);
        assertThat(new BearerToken(token).isSigned()).isTrue();
        String[] spellings = {
            token + "=",
            token + "!",
            token.replaceFirst("\\.", ". "),
            token + ".",
            "." + token,
            token.substring(token.indexOf('.'))
        };
        for (String spelling : spellings) {
            assertThat(new BearerToken(spelling).isSigned()).as(spelling).isFalse();
        }
    }

    @Test
    void anEndThatIsNullOrNotThereIsNone() throws Exception {
        RSAKey published = key("published");
        tokens =
                tokens(() -> CompletableFuture.completedStage(new JWKSet(published.toPublicJWK())), JWSAlgorithm.RS256);
        String ended = claims().toString();
        for (String claims : List.of(
                ended.replaceFirst("\"exp\":\\d+", "\"exp\":null"), ended.replaceFirst("\"exp\":\\d+", "\"more\":1"))) {
            assertThat(claims).isNotEqualTo(ended);
            JWSObject token = new JWSObject(header().build(), new Payload(claims));
            token.sign(new RSASSASigner(published));
            assertRejected(token.serialize(), AuthenticationFailure.BAD_TOKEN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"half \ud800", "\udc00", "lost \ufffd"})
    void aNameThatOthersWouldReadTheSameIsNone(String name) {
        assertThat(new Claims(Map.of("sub", name), Instant.MAX).caller(RULES)).isEmpty();
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
            assertRejected(signed(claims(), JWSAlgorithm.RS256, "unknown" + i, new RSASSASigner(PUBLISHED_ELSEWHERE)));
        }
        assertThat(drainRequests()).isZero();
        nanos.addAndGet(IssuerKeys.FETCH_INTERVAL.toNanos());
        for (int i = 0; i < 50; i++) {
            assertRejected(signed(claims(), JWSAlgorithm.RS256, "unknown" + i, new RSASSASigner(PUBLISHED_ELSEWHERE)));
        }
        assertThat(drainRequests()).isEqualTo(1);
    }

    @Test
    void aTokenByAKeyThatNobodyHasIsRefusedAtAGlance() throws JOSEException {
        String hopeless = signed(claims(), JWSAlgorithm.RS256, "unknown", new RSASSASigner(PUBLISHED_ELSEWHERE));
        assertThat(tokens.look(new BearerToken(hopeless), RULES)).isInstanceOf(Identity.Unchecked.class);
        verified(issued("ada", AUDIENCE, 600));
        int before = checks.get();
        Identity refused = new Identity.Rejected(AuthenticationFailure.BAD_TOKEN);
        assertThat(tokens.look(new BearerToken(hopeless), RULES)).isEqualTo(refused);
        assertThat(tokens.look(new BearerToken("a.b.c"), RULES)).isEqualTo(refused);
        assertThat(verified(hopeless)).isEqualTo(refused);
        assertThat(checks.get()).isEqualTo(before);
        // Half a minute later the issuer may be asked whether it has the key by now.
        nanos.addAndGet(IssuerKeys.FETCH_INTERVAL.toNanos());
        assertThat(tokens.look(new BearerToken(hopeless), RULES)).isInstanceOf(Identity.Unchecked.class);
    }

    @Test
    void whileTheIssuerIsBeingAskedNobodySaysThatThereIsNoSuchKey() throws Exception {
        RSAKey first = key("first");
        RSAKey second = key("second");
        AtomicReference<CompletableFuture<JWKSet>> answer =
                new AtomicReference<>(CompletableFuture.completedFuture(new JWKSet(first.toPublicJWK())));
        tokens = tokens(answer::get, JWSAlgorithm.RS256);
        verified(signed(claims(), JWSAlgorithm.RS256, "first", new RSASSASigner(first)));
        nanos.addAndGet(IssuerKeys.FETCH_INTERVAL.toNanos());
        CompletableFuture<JWKSet> late = new CompletableFuture<>();
        answer.set(late);
        BearerToken token = new BearerToken(signed(claims(), JWSAlgorithm.RS256, "second", new RSASSASigner(second)));
        CompletableFuture<Identity> waiting = tokens.verify(token, RULES).toCompletableFuture();
        assertThat(tokens.look(token, RULES)).isInstanceOf(Identity.Unchecked.class);
        assertThat(waiting).isNotDone();
        late.complete(new JWKSet(List.of(first.toPublicJWK(), second.toPublicJWK())));
        assertThat(waiting.join()).isInstanceOf(Identity.Verified.class);
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
