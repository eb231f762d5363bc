package io.headgate.limiter.redis;

import io.headgate.limiter.SharedNotes;
import io.headgate.limiter.Subject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.redisson.api.RBucket;
import org.redisson.client.codec.ByteArrayCodec;

/** Notes in Redis, one key each. Thread-safe; the client stays the caller's to close. */
public final class RedisNotes implements SharedNotes {

    private static final String PREFIX = "hg:note:";

    private final RedisClient client;

    /** @param client may still be looking for its server; until it has found one there is no answer */
    public RedisNotes(RedisClient client) {
        this.client = client;
    }

    @Override
    public CompletionStage<Void> put(Subject about, byte[] note, Duration keep) {
        SharedNotes.check(note, keep);
        return ask(about, bucket -> bucket.setAsync(note, keep));
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(Subject about) {
        return ask(about, RBucket::getAsync).thenApply(Optional::ofNullable);
    }

    @Override
    public CompletionStage<Optional<byte[]>> remove(Subject about) {
        return ask(about, RBucket::getAndDeleteAsync).thenApply(Optional::ofNullable);
    }

    private <T> CompletionStage<T> ask(Subject about, Function<RBucket<byte[]>, CompletionStage<T>> question) {
        String key = PREFIX + String.format(Locale.ROOT, "%016x%016x", about.hi(), about.lo());
        return client.ask(() -> question.apply(client.redisson().getBucket(key, ByteArrayCodec.INSTANCE)));
    }
}
