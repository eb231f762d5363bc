package io.headgate.gateway.identity;

import static io.headgate.gateway.identity.SignedTokens.claims;
import static io.headgate.gateway.identity.SignedTokens.header;
import static io.headgate.gateway.identity.SignedTokens.key;
import static io.headgate.gateway.identity.SignedTokens.published;
import static io.headgate.gateway.identity.SignedTokens.signed;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import io.headgate.policy.match.IdentityRules;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

class BearerTokensTest {

    private static final IdentityRules RULES =
            new IdentityRules(List.of(), 32, 64, "sub", null, null, null, Set.of(), "free", "anonymous");
    private static final Identity REFUSED = new Identity.Rejected(AuthenticationFailure.BAD_TOKEN);
    private static final RSAKey FIRST = key("first");
    private static final RSAKey SECOND = key("second");

    private final AtomicLong nanos = new AtomicLong();
    /** Signatures that were looked at. */
    private final AtomicInteger checks = new AtomicInteger();
    /** How often the issuer was asked. */
    private final AtomicInteger fetches = new AtomicInteger();

    private CompletableFuture<JWKSet> answer = CompletableFuture.completedFuture(published(FIRST));

    private final IssuerKeys keys = new IssuerKeys(
            () -> {
                fetches.incrementAndGet();
                return answer;
            },
            nanos::get);
    private final Executor counting = task -> {
        checks.incrementAndGet();
        task.run();
    };
    private final BearerTokens tokens = new BearerTokens(
            keys,
            new TokenVerifier(SignedTokens.ISSUER, SignedTokens.AUDIENCE, Set.of(JWSAlgorithm.RS256), Set.of("JWT")),
            () -> RevokedTokens.NONE,
            counting,
            InstantSource.system());

    @Test
    void aTokenIsVerifiedOnceAsLongAsItsKeyIsPublished() throws JOSEException {
        String token = signed(FIRST);
        assertThat(look(token)).isInstanceOf(Identity.Unchecked.class);
        Identity ada = verified(token);
        assertThat(ada).isInstanceOf(Identity.Verified.class);
        for (int hour = 0; hour < 24; hour++) {
            passes(Duration.ofHours(1));
            publish(hour % 2 == 0 ? new RSAKey[] {FIRST, SECOND} : new RSAKey[] {FIRST});
            assertThat(look(token)).isEqualTo(ada);
        }
        assertThat(checks.get()).isEqualTo(1);
    }

    @Test
    void aKeyThatTheIssuerHasWithdrawnTakesItsTokensAlong() throws JOSEException {
        publish(FIRST, SECOND);
        String withdrawn = signed(FIRST);
        String kept = signed(SECOND);
        Identity ada = verified(withdrawn);
        assertThat(ada).isInstanceOf(Identity.Verified.class).isEqualTo(verified(kept));
        int before = checks.get();
        passes(IssuerKeys.REFRESH);
        publish(SECOND);
        assertThat(look(withdrawn)).isEqualTo(REFUSED);
        assertThat(verified(withdrawn)).isEqualTo(REFUSED);
        assertThat(look(kept)).isEqualTo(ada);
        assertThat(checks.get()).isEqualTo(before);
    }

    @Test
    void anotherKeyUnderTheNameOfTheOldOneTakesItsTokensAlong() throws JOSEException {
        String token = signed(FIRST);
        assertThat(verified(token)).isInstanceOf(Identity.Verified.class);
        passes(IssuerKeys.REFRESH);
        publish(key("first"));
        assertThat(look(token)).isInstanceOf(Identity.Unchecked.class);
        assertThat(verified(token)).isEqualTo(REFUSED);
    }

    @Test
    void theIssuerIsAskedForItsKeysAtOnceAndEveryMinuteUntilTheGatewayStops() {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        Disposable asking = keys.keepFresh(timer);
        timer.advanceTime();
        assertThat(fetches.get()).isEqualTo(1);
        for (int minute = 1; minute <= 3; minute++) {
            passes(IssuerKeys.REFRESH);
            timer.advanceTimeBy(IssuerKeys.REFRESH);
            assertThat(fetches.get()).isEqualTo(1 + minute);
            answer = CompletableFuture.failedFuture(new IOException("no issuer"));
        }
        asking.dispose();
        passes(IssuerKeys.REFRESH);
        timer.advanceTimeBy(IssuerKeys.REFRESH);
        assertThat(fetches.get()).isEqualTo(4);
    }

    @Test
    void keysThatTheIssuerHasNotConfirmedForHalfADayAreNone() throws JOSEException {
        String token = signed(FIRST);
        Identity ada = verified(token);
        answer = CompletableFuture.failedFuture(new IOException("no issuer"));
        passes(IssuerKeys.OUTLIVE);
        keys.fetched();
        assertThat(look(token)).isEqualTo(ada);
        passes(Duration.ofNanos(1));
        assertThat(look(token)).isInstanceOf(Identity.Unchecked.class);
        assertThat(verified(token)).isEqualTo(new Identity.Rejected(AuthenticationFailure.NO_KEYS));
    }

    @Test
    void aTokenByAKeyThatNobodyHasIsRefusedAtAGlance() throws JOSEException {
        String hopeless = signed(SECOND);
        assertThat(look(hopeless)).isInstanceOf(Identity.Unchecked.class);
        verified(signed(FIRST));
        int before = checks.get();
        assertThat(look(hopeless)).isEqualTo(REFUSED);
        assertThat(look("a.b.c")).isEqualTo(REFUSED);
        assertThat(verified(hopeless)).isEqualTo(REFUSED);
        assertThat(checks.get()).isEqualTo(before);
        // Half a minute later the issuer may be asked whether it has the key by now.
        passes(IssuerKeys.FETCH_INTERVAL);
        assertThat(look(hopeless)).isInstanceOf(Identity.Unchecked.class);
    }

    @Test
    void unknownKeysDoNotSendUsToTheIssuerEachTime() throws JOSEException {
        for (int i = 0; i < 50; i++) {
            assertThat(verified(byUnknown(i))).isEqualTo(REFUSED);
        }
        assertThat(fetches.get()).isEqualTo(1);
        passes(IssuerKeys.FETCH_INTERVAL);
        for (int i = 0; i < 50; i++) {
            assertThat(verified(byUnknown(i))).isEqualTo(REFUSED);
        }
        assertThat(fetches.get()).isEqualTo(2);
    }

    private static String byUnknown(int number) throws JOSEException {
        return signed(header(JWSAlgorithm.RS256, "unknown" + number), claims(), SECOND);
    }

    @Test
    void whileTheIssuerIsBeingAskedNobodySaysThatThereIsNoSuchKey() throws JOSEException {
        verified(signed(FIRST));
        passes(IssuerKeys.FETCH_INTERVAL);
        answer = new CompletableFuture<>();
        String token = signed(SECOND);
        CompletableFuture<Identity> waiting =
                tokens.verify(new BearerToken(token), RULES).toCompletableFuture();
        assertThat(look(token)).isInstanceOf(Identity.Unchecked.class);
        assertThat(waiting).isNotDone();
        answer.complete(published(FIRST, SECOND));
        assertThat(waiting.join()).isInstanceOf(Identity.Verified.class);
    }

    @Test
    void aTokenHasOneSpelling() throws JOSEException {
        String token = signed(FIRST);
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
    void garbageIsRefused() {
        keys.fetched();
        for (String garbage : List.of("", ".", "..", "a.b.c", "a.b.c.d.e", "null", "{}", "ey".repeat(4_000))) {
            assertThat(verified(garbage)).as(garbage).isEqualTo(REFUSED);
            assertThat(look(garbage)).as(garbage).isEqualTo(REFUSED);
        }
    }

    /** The issuer's keys from now on, and the gateway has seen it. */
    private void publish(RSAKey... now) {
        answer = CompletableFuture.completedFuture(published(now));
        keys.fetched();
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private Identity look(String token) {
        return tokens.look(new BearerToken(token), RULES);
    }

    private Identity verified(String token) {
        return tokens.verify(new BearerToken(token), RULES)
                .toCompletableFuture()
                .join();
    }
}
