package io.headgate.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetSourceWrapper;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimNames;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.Set;

/**
 * Verifies the bearer tokens of one issuer: signature by a key the issuer publishes and an algorithm we chose, exact
 * issuer, our audience, and a life that has begun and not ended, give or take {@link #SKEW}. Encrypted and unsigned
 * tokens are refused, and so are keys that a token brings along.
 *
 * <p>The issuer is asked for its keys when they are older than {@link #KEYS_LIVE} or a token names one that is not among
 * them, but not more than twice in {@link #FETCH_INTERVAL} whatever arrives. While it does not answer, the keys that
 * were known stay in use.
 *
 * <p>Thread-safe. A call may block for as long as fetching the keys takes.
 */
final class TokenVerifier {

    static final Duration SKEW = Duration.ofSeconds(60);
    static final Duration KEYS_LIVE = Duration.ofMinutes(5);
    static final Duration FETCH_INTERVAL = Duration.ofSeconds(60);

    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration KEYS_OUTLIVE_ISSUER = Duration.ofHours(12);
    private static final int LARGEST_KEY_SET = 256 * 1024;

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private volatile boolean keysKnown;

    TokenVerifier(String issuer, String audience, URL jwkSetUrl, Set<JWSAlgorithm> algorithms) {
        int timeout = Math.toIntExact(FETCH_TIMEOUT.toMillis());
        JWKSetSource<SecurityContext> published = new Noticing(
                new URLBasedJWKSetSource<>(jwkSetUrl, new DefaultResourceRetriever(timeout, timeout, LARGEST_KEY_SET)));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                algorithms,
                JWKSourceBuilder.create(published)
                        .cache(KEYS_LIVE.toMillis(), 2 * FETCH_TIMEOUT.toMillis())
                        .refreshAheadCache(false)
                        .rateLimited(FETCH_INTERVAL.toMillis())
                        .outageTolerant(KEYS_OUTLIVE_ISSUER.toMillis())
                        .build()));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        DefaultJWTClaimsVerifier<SecurityContext> claims = new DefaultJWTClaimsVerifier<>(
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

        /** Nobody can tell: there are no keys. */
        record NoKeys() implements Outcome {}
    }

    Outcome verify(BearerToken token) {
        try {
            JWTClaimsSet claims = processor.process(token.serialized(), null);
            return new Outcome.Genuine(
                    new Claims(claims.getClaims(), claims.getExpirationTime().toInstant()));
        } catch (RateLimitReachedException e) {
            // Raised for a key that is not among those known, too soon to ask again.
            return keysKnown ? new Outcome.Bad() : new Outcome.NoKeys();
        } catch (KeySourceException e) {
            return new Outcome.NoKeys();
        } catch (BadJOSEException | JOSEException | ParseException e) {
            return new Outcome.Bad();
        }
    }

    /** Notices when keys have arrived. */
    private final class Noticing extends JWKSetSourceWrapper<SecurityContext> {

        Noticing(JWKSetSource<SecurityContext> source) {
            super(source);
        }

        @Override
        public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, SecurityContext context)
                throws KeySourceException {
            JWKSet keys = getSource().getJWKSet(refresh, now, context);
            keysKnown = true;
            return keys;
        }
    }
}
