package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.LimitStore;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.redisson.api.RScript;
import org.redisson.client.RedisNoScriptException;

/**
 * Counters in one Redis server, or in the master behind Sentinel. A call is one script run, whatever the number of its
 * limits, on the server's clock; calls that arrive while others are under way share the next run ({@link GroupCommit}).
 *
 * <p>The client must not retry ({@link RedisConnections} sees to that): a script sent again charges again. The one
 * exception is a server that does not know the script yet, where nothing has run.
 *
 * <p>On a Redis Cluster the keys of a call must share a slot; {@link RedisClusterLimitStore} sees to that.
 *
 * <p>Thread-safe. The client stays the caller's to close.
 */
public final class RedisLimitStore implements LimitStore {

    private static final int LARGEST_GROUP = 128;
    private static final int LONGEST_QUEUE = 16_384;

    /** A run costs as much as several calls in it, whatever it holds: fewer are not worth one beside another. */
    private static final int SECOND_GROUP = 16;

    private final RedisClient client;
    private final LimitScript script;
    private final LongSupplier nodeMicros;
    private final GroupCommit calls = new GroupCommit(LARGEST_GROUP, LONGEST_QUEUE, SECOND_GROUP, this::send);

    /** @param client stays the caller's */
    public RedisLimitStore(RedisClient client) {
        this(client, LimitScript.onServerClock(), () -> 1_000 * System.currentTimeMillis());
    }

    /** @param nodeMicros this node's clock, which only says which page of the calendar the script is shown */
    RedisLimitStore(RedisClient client, LimitScript script, LongSupplier nodeMicros) {
        this.nodeMicros = nodeMicros;
        this.client = client;
        this.script = script;
    }

    @Override
    public CompletionStage<Decision> acquire(List<Charge> charges) {
        LimitStore.checkTakeable(charges);
        return calls.submit(new Call.Acquire(Call.pack(charges, nodeMicros.getAsLong())));
    }

    @Override
    public CompletionStage<Void> refund(List<Charge> charges, Decision.Allowed admission) {
        LimitStore.check(charges);
        return calls.submit(new Call.Refund(Call.pack(charges, nodeMicros.getAsLong(), admission.atMicros())))
                .thenApply(done -> null);
    }

    @Override
    public CompletionStage<Void> settle(Reservation reservation, List<Long> actual) {
        reservation.checkSettlement(actual);
        return calls.submit(Call.Settle.of(reservation, actual, nodeMicros.getAsLong()))
                .thenApply(done -> null);
    }

    @Override
    public CompletionStage<Void> reset(List<LimitKey> keys) {
        LimitStore.checkKeys(keys);
        return calls.submit(new Call.Reset(keys.stream().map(PackedCharge::key).toList()))
                .thenApply(done -> null);
    }

    @Override
    public CompletionStage<List<Usage>> peek(List<Charge> charges) {
        LimitStore.check(charges);
        return calls.submit(new Call.Peek(Call.pack(charges, nodeMicros.getAsLong())));
    }

    private CompletionStage<GroupCommit.Replies> send(List<Call<?>> group) {
        if (!client.connected()) {
            return CompletableFuture.failedFuture(new StoreUnavailable("redis: not found yet"));
        }
        Batch batch = new Batch(group);
        return run(batch.keys(), batch.input()).handle((reply, error) -> {
            if (error != null) {
                throw unavailable(error);
            }
            return new PackedReplies(ByteBuffer.wrap(reply));
        });
    }

    private CompletionStage<byte[]> run(List<Object> keys, byte[] input) {
        RScript redis = client.scripts();
        return redis.<byte[]>evalShaAsync(RScript.Mode.READ_WRITE, script.sha1(), RScript.ReturnType.VALUE, keys, input)
                .exceptionallyCompose(error -> cause(error) instanceof RedisNoScriptException
                        ? redis.evalAsync(
                                RScript.Mode.READ_WRITE, script.source(), RScript.ReturnType.VALUE, keys, input)
                        : CompletableFuture.failedFuture(error));
    }

    private static StoreUnavailable unavailable(Throwable error) {
        Throwable cause = cause(error);
        return new StoreUnavailable("redis: " + withoutCommand(String.valueOf(cause.getMessage())), cause);
    }

    /** The client appends the whole command to what the server said. */
    private static String withoutCommand(String message) {
        int end = message.indexOf(" channel:");
        return (end < 0 ? message : message.substring(0, end)).replaceAll("[.\\s]+$", "");
    }

    private static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private record PackedReplies(ByteBuffer bytes) implements GroupCommit.Replies {
        @Override
        public <A> A next(Call<A> call) {
            try {
                return call.decode(bytes);
            } catch (BufferUnderflowException e) {
                throw new StoreUnavailable("redis: an answer that is too short", e);
            }
        }
    }
}
