package io.headgate.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.http.HttpHeaders;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedFixture.class)
class IdentityTest {

    private final Fixture fixture;

    IdentityTest(Fixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void awaitKeys() throws InterruptedException {
        fixture.awaitKeys();
    }

    @Test
    void theBackendLearnsWhoIsCalling() {
        Client client = fixture.client("pro");
        client.get("/api/feed/who");
        HttpHeaders received = received("/api/feed/who");
        assertThat(received.getHeader("X-Headgate-User").values()).containsExactly(client.user());
        assertThat(received.getHeader("X-Headgate-Plan").values()).containsExactly("pro");
        assertThat(received.getHeader("X-Headgate-Tenant").isPresent()).isFalse();
        assertThat(received.getHeader("X-Forwarded-For").values())
                .singleElement()
                .asString()
                .startsWith("10.1.0.");
        assertThat(received.getHeader("X-API-Key").isPresent()).isFalse();
    }

    /** Checked by hand, as RFC 9421 has it: what a backend would do with any library for it. */
    @Test
    void theBackendCanCheckThatItWasTheGatewayThatSaidWhoIsCalling() throws GeneralSecurityException {
        Client client = fixture.client("pro");
        Answer answer = client.with("Signature-Input", "headgate=(\"x-headgate-user\");created=1;keyid=\"b1\"")
                .with("Signature", "headgate=:AAAA:")
                .get("/api/feed/vouched-for?page=2");
        assertThat(answer.status()).isEqualTo(200);
        HttpHeaders received = received("/api/feed/vouched-for");

        assertThat(received.getHeader("Signature-Input").values()).hasSize(1);
        String input = received.getHeader("Signature-Input").firstValue();
        String covered =
                "(\"x-headgate-user\" \"x-headgate-plan\" \"x-forwarded-for\" \"@method\" \"@path\" \"@query\")";
        assertThat(input)
                .matches("headgate=" + Pattern.quote(covered) + ";created=\\d{10};keyid=\"b1\";alg=\"hmac-sha256\"");
        String base = String.join(
                "\n",
                "\"x-headgate-user\": " + client.user(),
                "\"x-headgate-plan\": pro",
                "\"x-forwarded-for\": " + received.getHeader("X-Forwarded-For").firstValue(),
                "\"@method\": GET",
                "\"@path\": /api/feed/vouched-for",
                "\"@query\": ?page=2",
                "\"@signature-params\": " + input.substring("headgate=".length()));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(Fixture.IDENTITY_SECRET), "HmacSHA256"));
        String expected = Base64.getEncoder().encodeToString(mac.doFinal(base.getBytes(StandardCharsets.UTF_8)));
        assertThat(received.getHeader("Signature").values()).containsExactly("headgate=:" + expected + ":");
    }

    @Test
    void whoeverAsksOnTheManagementPortIsNotAskedWhoTheyAreAndReachesNoBackend() {
        HttpRequest probe = HttpRequest.newBuilder(fixture.gateway.managed("/actuator/health/liveness"))
                .header("X-API-Key", "nobody's")
                .build();
        assertThat(Answer.to(probe).status()).isEqualTo(200);

        Answer other = Answer.to(fixture.gateway.managed("/api/feed/by-the-back-door"));
        assertThat(other.status()).isEqualTo(404);
        assertThat(other.header("RateLimit")).isEmpty();
    }

    @Test
    void nobodyChangesAnythingOnTheManagementPortUnlessOperatorsAreNamed() {
        HttpRequest change = HttpRequest.newBuilder(fixture.gateway.managed("/actuator/limits/standing"))
                .DELETE()
                .build();
        assertThat(Answer.to(change).status()).isEqualTo(403);
        assertThat(Answer.to(change).member("detail")).contains("headgate.auth.operator-keys");
    }

    @Test
    void nobodyElseCanTellTheBackendWhoIsCalling() {
        fixture.anonymous()
                .with("X-Headgate-User", "admin")
                .with("x_headgate_user", "admin")
                .with("X-HEADGATE_TENANT", "admin")
                .with("X-User-Id", "admin")
                .with("X_User_Id", "admin")
                .with("Forwarded", "for=10.1.0.9")
                .with("X-Http-Method-Override", "DELETE")
                .get("/api/feed/forged");
        HttpHeaders received = received("/api/feed/forged");
        assertThat(received.all()).noneMatch(header -> header.containsValue("admin") || header.containsValue("DELETE"));
        assertThat(received.getHeader("Forwarded").isPresent()).isFalse();
    }

    @Test
    void aClientCannotHaveTheGatewaysHeadersRemoved() throws Exception {
        Client client = fixture.client("free");
        RawHttp.send(
                fixture.gateway.port(),
                "GET /api/feed/connection HTTP/1.1",
                "Host: localhost",
                "Connection: close, X-Headgate-User, X-Headgate-Plan",
                client.headers().get(2) + ": " + client.headers().get(3));
        assertThat(received("/api/feed/connection").getHeader("X-Headgate-User").values())
                .containsExactly(client.user());
    }

    @Test
    void aBearerTokenNamesItsUserTenantAndPlan() {
        Answer answer =
                bearer(fixture.anonymous(), token("ada", Fixture.AUDIENCE, 600)).get("/api/feed/token");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("RateLimit-Policy").orElseThrow()).contains("\"api\";q=600;w=60");
        HttpHeaders received = received("/api/feed/token");
        assertThat(received.getHeader("X-Headgate-User").values()).containsExactly("ada");
        assertThat(received.getHeader("X-Headgate-Tenant").values()).containsExactly("acme");
        assertThat(received.getHeader("X-Headgate-Plan").values()).containsExactly("pro");
        assertThat(received.getHeader("Authorization").isPresent()).isTrue();
    }

    @Test
    void aTokenThatAnOAuth2ServerHandsOutAtItsEndpointsIsTaken() {
        fixture.issuer.enqueueCallback(new DefaultOAuth2TokenCallback(
                Fixture.ISSUER, "svc-batch", "at+jwt", List.of(Fixture.AUDIENCE), Map.of("plan", "pro"), 600));
        Answer metadata = Answer.to(fixture.issuer.wellKnownUrl(Fixture.ISSUER).uri());
        assertThat(metadata.member("jwks_uri"))
                .isEqualTo(fixture.issuer.jwksUrl(Fixture.ISSUER).toString());
        Answer grant = Answer.to(HttpRequest.newBuilder(URI.create(metadata.member("token_endpoint")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "grant_type=client_credentials&client_id=svc-batch&client_secret=secret&scope=feed"))
                .build());
        assertThat(grant.member("token_type")).isEqualToIgnoringCase("Bearer");
        Answer answer =
                bearer(fixture.anonymous(), grant.member("access_token")).get("/api/feed/granted");
        assertThat(answer.status()).isEqualTo(200);
        HttpHeaders received = received("/api/feed/granted");
        assertThat(received.getHeader("X-Headgate-User").values()).containsExactly("svc-batch");
        assertThat(received.getHeader("X-Headgate-Plan").values()).containsExactly("pro");
    }

    @Test
    void aFreshTokenThatItsUsersLimitsRefuseCostsItsAddressNothing() {
        Client first = fixture.anonymous();
        for (int i = 0; i < 10; i++) {
            bearer(first, token("grace", Fixture.AUDIENCE, 600 + i)).get("/api/feed/export");
        }
        Client second = fixture.anonymous();
        Answer refused = bearer(second, token("grace", Fixture.AUDIENCE, 700)).get("/api/feed/export");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(limitsOf(second)).contains("name=address", "remaining=30");
    }

    @Test
    void aBadCredentialIs401AndSaysHowToDoBetter() {
        Answer key = fixture.anonymous().with("X-API-Key", "guess").get("/api/feed/ada");
        assertThat(key.status()).isEqualTo(401);
        assertThat(key.header("WWW-Authenticate")).contains("ApiKey header=\"X-API-Key\"");
        assertThat(key.header("Content-Type")).contains("application/problem+json");
        Answer token =
                bearer(fixture.anonymous(), token("ada", "another-api", 600)).get("/api/feed/ada");
        assertThat(token.status()).isEqualTo(401);
        assertThat(token.header("WWW-Authenticate")).contains("Bearer error=\"invalid_token\"");
        Answer ended = bearer(fixture.anonymous(), token("ada", Fixture.AUDIENCE, -600))
                .get("/api/feed/ada");
        assertThat(ended.status()).isEqualTo(401);
        Answer basic = fixture.anonymous().with("Authorization", "Basic YTpi").get("/api/feed/ada");
        assertThat(basic.status()).isEqualTo(401);
    }

    @Test
    void aCredentialInTheQueryIsRefusedAndReachesNobody() {
        Answer answer = fixture.anonymous().get("/api/feed/query?page=2&api_key=key-free-1");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).doesNotContain("key-free-1");
        assertThat(fixture.feed.findAll(getRequestedFor(urlPathEqualTo("/api/feed/query"))))
                .isEmpty();
    }

    @Test
    void twoCredentialsAreAMalformedRequest() {
        Client client = fixture.client("free").with("Authorization", "Bearer " + token("ada", Fixture.AUDIENCE, 600));
        assertThat(client.get("/api/feed/ada").status()).isEqualTo(400);
    }

    @Test
    void guessingIsLimitedByAddressOnEveryPath() {
        for (String path : List.of("/api/feed/ada", "/limits", "/nowhere")) {
            Client guesser = fixture.anonymous();
            for (int i = 0; i < 30; i++) {
                assertThat(guesser.with("X-API-Key", "guess" + i).get(path).status())
                        .as(path)
                        .isEqualTo(401);
            }
            assertThat(guesser.with("X-API-Key", "guess").get(path).status())
                    .as(path)
                    .isEqualTo(429);
        }
    }

    @Test
    void aFloodOfGuessesFromOneNetworkIsOneSubjectToTheStore() {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            // Each from an address of its own, with a name of its own: only their network is known for sure.
            Client guesser = new Client(
                    fixture.gateway, "", List.of("X-Forwarded-For", "2001:db8:0:7::" + Integer.toHexString(i + 1)));
            statuses.add(guesser.with("X-API-Key", "guess" + i)
                    .with("X-Headgate-User", "user" + i)
                    .get("/api/feed/flood")
                    .status());
        }
        assertThat(statuses.subList(0, 30)).containsOnly(401);
        assertThat(statuses.subList(30, 300)).containsOnly(429);
        Client neighbour = new Client(fixture.gateway, "", List.of("X-Forwarded-For", "2001:db8:0:8::1"));
        assertThat(neighbour.get("/api/feed/flood").status()).isEqualTo(200);
    }

    @Test
    void aClaimedNameIsNeverCharged() {
        Client victim = fixture.client("free");
        fixture.anonymous().with("X-Headgate-User", victim.user()).get("/api/feed/ada");
        assertThat(limitsOf(victim))
                .contains("name=api, allows=60 requests per minute with bursts of 20")
                .contains("burst=20, remaining=20");
    }

    @Test
    void aRouteForMembersAsksNobodyInParticularForACredential() {
        Answer nobody = fixture.anonymous().get("/api/feed/members");
        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.header("WWW-Authenticate")).contains("Bearer, ApiKey header=\"X-API-Key\"");
        assertThat(nobody.header("Content-Type")).contains("application/problem+json");
        assertThat(fixture.client("free").get("/api/feed/members").status()).isEqualTo(200);
    }

    @Test
    void aRouteOfAPlanIsForbiddenOnOthersAndSaysWhichHaveIt() {
        assertThat(fixture.client("pro").get("/api/feed/paid").status()).isEqualTo(200);
        Client client = fixture.client("free");
        Answer refused = client.get("/api/feed/paid");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header("Content-Type")).contains("application/problem+json");
        assertThat(refused.member("detail")).isEqualTo("The free plan does not include this. Plans that do: pro.");
        assertThat(refused.member("docs")).isEqualTo("https://developers.example.com/limits");
        assertThat(limitsOf(client))
                .as("charged to its address, and to no limit of its own")
                .contains("name=exact, allows=50 requests in any hour, limit=50, window=3600, remaining=50")
                .contains("name=address, allows=30 requests in any hour, limit=30, window=3600, remaining=29");
    }

    @Test
    void aTokenNeedsAllScopesAndOneRole() {
        Answer some = bearer(fixture.anonymous(), granted(Map.of("scope", "feed:read profile")))
                .get("/api/feed/written");
        assertThat(some.status()).isEqualTo(403);
        assertThat(some.header("WWW-Authenticate"))
                .contains("Bearer error=\"insufficient_scope\", scope=\"feed:read feed:write\"");
        Client all = bearer(fixture.anonymous(), granted(Map.of("scope", "feed:write feed:read")));
        assertThat(all.get("/api/feed/written").status()).isEqualTo(200);
        assertThat(all.get("/api/feed/edited-by").status()).isEqualTo(403);
        assertThat(all.get("/api/feed/edited-by").header("WWW-Authenticate")).isEmpty();
        Client editor = bearer(
                fixture.anonymous(), granted(Map.of("realm_access", Map.of("roles", List.of("editor", "viewer")))));
        assertThat(editor.get("/api/feed/edited-by").status()).isEqualTo(200);
    }

    @Test
    void askingForWhatIsForbiddenIsLimitedByAddress() {
        Client client = fixture.client("free");
        for (int i = 0; i < 30; i++) {
            assertThat(client.get("/api/feed/paid").status()).isEqualTo(403);
        }
        assertThat(client.get("/api/feed/paid").status()).isEqualTo(429);
    }

    private String granted(Map<String, Object> claims) {
        return fixture.issuer
                .issueToken(Fixture.ISSUER, "ada", Fixture.AUDIENCE, claims, 600)
                .serialize();
    }

    private static Client bearer(Client client, String token) {
        return client.with("Authorization", "Bearer " + token);
    }

    private String token(String subject, String audience, long seconds) {
        return fixture.issuer
                .issueToken(Fixture.ISSUER, subject, audience, Map.of("plan", "pro", "org_id", "acme"), seconds)
                .serialize();
    }

    private static String limitsOf(Client client) {
        return client.get("/limits").json().toString();
    }

    private HttpHeaders received(String path) {
        return fixture.feed
                .findAll(getRequestedFor(urlPathEqualTo(path)))
                .get(0)
                .getHeaders();
    }
}
