package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Grants;
import io.headgate.policy.match.IdentityRules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens that an OAuth 2 server has issued, by the keys that it publishes over HTTP. */
class RealIssuerTest {

    private static final IdentityRules RULES = new IdentityRules(
            List.of(), 32, 64, "sub", "org_id", "plan", "realm.roles", Set.of("device"), "free", "anonymous");
    private static final String AUDIENCE = "api";

    private final MockOAuth2Server server = new MockOAuth2Server();
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
        JwkSetEndpoint endpoint = new JwkSetEndpoint(URI.create(jwkSetUrl), Duration.ofMinutes(1));
        TokenVerifier verifier = new TokenVerifier(
                server.issuerUrl("tests").toString(),
                AUDIENCE,
                Set.of(JWSAlgorithm.RS256),
                Set.of("at+jwt", "JWT", "none"));
        return new BearerTokens(
                new IssuerKeys(endpoint, System::nanoTime),
                verifier,
                revoked::get,
                Runnable::run,
                InstantSource.system());
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
    void aTokenWithoutAUserIsRefused() {
        assertRejected(issued("", AUDIENCE, 600), AuthenticationFailure.BAD_TOKEN);
    }

    @Test
    void aTamperedTokenIsRefused() {
        String[] parts = issued("ada", AUDIENCE, 600).split("\\.", -1);
        String[] other = issued("grace", AUDIENCE, 600).split("\\.", -1);
        assertRejected(parts[0] + "." + other[1] + "." + parts[2], AuthenticationFailure.BAD_TOKEN);
    }

    private String issued(String subject, String audience, long seconds) {
        return server.issueToken("tests", subject, audience, Map.of("plan", "pro"), seconds)
                .serialize();
    }

    private Identity verified(String token) {
        return tokens.verify(new BearerToken(token), RULES)
                .toCompletableFuture()
                .join();
    }

    private void assertRejected(String token, AuthenticationFailure why) {
        assertThat(verified(token)).isEqualTo(new Identity.Rejected(why));
    }
}
