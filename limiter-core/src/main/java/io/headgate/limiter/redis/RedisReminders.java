package io.headgate.limiter.redis;

import io.headgate.limiter.Reminders;
import io.headgate.limiter.Subject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.redisson.api.RScript;

/**
 * Reminders in one sorted set of Redis, scored by the server's clock. Thread-safe; the client stays the caller's to close.
 */
public final class RedisReminders implements Reminders {

    private static final String KEY = "hg:reminders";

    /** The set outlives whatever is in it. */
    private static final byte[] KEEP = text(LONGEST.plusDays(1).toMillis());

    private static final String NOW = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            """;

    private static final String SET = NOW + """
            redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            """;

    private static final String CLEAR = "redis.call('ZREM', KEYS[1], ARGV[1])";

    private static final String DUE = NOW + """
            return redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
            """;

    private final RedisClient client;

    /** @param client may still be looking for its server; until it has found one there is no answer */
    public RedisReminders(RedisClient client) {
        this.client = client;
    }

    @Override
    public CompletionStage<Void> set(Subject about, Duration after) {
        Reminders.check(after);
        return this.<Void>run(SET, RScript.ReturnType.VALUE, member(about), text(after.toMillis()), KEEP);
    }

    @Override
    public CompletionStage<Void> clear(Subject about) {
        return this.<Void>run(CLEAR, RScript.ReturnType.VALUE, member(about));
    }

    @Override
    public CompletionStage<List<Subject>> due(int most) {
        return this.<List<byte[]>>run(DUE, RScript.ReturnType.LIST, text(most))
                .thenApply(
                        members -> members.stream().map(RedisReminders::subject).toList());
    }

    private <T> CompletionStage<T> run(String script, RScript.ReturnType type, Object... arguments) {
        return client.ask(
                () -> client.scripts().evalAsync(RScript.Mode.READ_WRITE, script, type, List.of(KEY), arguments));
    }

    private static byte[] text(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] member(Subject about) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(about.hi())
                .putLong(about.lo())
                .array();
    }

    private static Subject subject(byte[] member) {
        ByteBuffer bytes = ByteBuffer.wrap(member);
        return new Subject(bytes.getLong(), bytes.getLong());
    }
}
