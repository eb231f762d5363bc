package io.headgate.gateway.edge;

import io.headgate.gateway.response.Problem;
import io.headgate.gateway.response.RequestBodyRefused;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A request body that ends with an error when more of it comes than is taken, or less than is waited for. The rate counts
 * only while somebody asks for more: a backend that is slow to read is not the client's fault.
 */
final class BodyCeilings extends FluxOperator<DataBuffer, DataBuffer> {

    /** Looks over which the rate is taken, one a second: long enough for a network that stalls for a moment. */
    private static final int LOOKS = 10;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final long mostBytes;
    private final long leastPerSecond;
    private final ScheduledExecutorService eventLoop;

    /**
     * @param mostBytes size at which it is taken still
     * @param leastPerSecond rate at which it is waited for still
     * @param eventLoop where the body comes in
     */
    BodyCeilings(
            Flux<? extends DataBuffer> body, long mostBytes, long leastPerSecond, ScheduledExecutorService eventLoop) {
        super(body.map(DataBuffer.class::cast));
        this.mostBytes = mostBytes;
        this.leastPerSecond = leastPerSecond;
        this.eventLoop = eventLoop;
    }

    static Problem tooLarge(long mostBytes) {
        return last(Problem.of(
                HttpStatus.CONTENT_TOO_LARGE,
                "The request body is larger than the " + mostBytes + " bytes that are taken."));
    }

    private static Problem tooSlow() {
        return last(Problem.of(HttpStatus.REQUEST_TIMEOUT, "The request body did not come in time."));
    }

    /** The rest of the body would have to be read to get at what comes after it. */
    private static Problem last(Problem problem) {
        return problem.withHeader(HttpHeaders.CONNECTION, "close");
    }

    @Override
    public void subscribe(CoreSubscriber<? super DataBuffer> reader) {
        source.subscribe(new Watched(reader));
    }

    /** One reading of the body. Signals and looks come on its event loop, requests from wherever its reader is. */
    private final class Watched implements CoreSubscriber<DataBuffer>, Subscription {

        private final CoreSubscriber<? super DataBuffer> reader;
        private final AtomicLong asked = new AtomicLong();
        private @Nullable Subscription body;
        private volatile @Nullable Future<?> looking;
        private volatile boolean over;
        private long bytes;
        private long bytesAtFirstLook;
        private int looks;

        Watched(CoreSubscriber<? super DataBuffer> reader) {
            this.reader = reader;
        }

        @Override
        public Context currentContext() {
            return reader.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            body = subscription;
            if (leastPerSecond > 0) {
                looking = eventLoop.scheduleWithFixedDelay(
                        this::look, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
            }
            reader.onSubscribe(this);
        }

        @Override
        public void onNext(DataBuffer part) {
            if (over) {
                DataBufferUtils.release(part);
                return;
            }
            bytes += part.readableByteCount();
            if (bytes > mostBytes) {
                DataBufferUtils.release(part);
                refuse(tooLarge(mostBytes));
                return;
            }
            asked.updateAndGet(left -> left == Long.MAX_VALUE ? left : left - 1);
            reader.onNext(part);
        }

        private void look() {
            if (over || asked.get() == 0) {
                return;
            }
            if (looks == 0) {
                bytesAtFirstLook = bytes;
            } else if (looks == LOOKS) {
                looks = 0;
                if (bytes - bytesAtFirstLook < leastPerSecond * LOOKS) {
                    refuse(tooSlow());
                }
                return;
            }
            looks++;
        }

        private void refuse(Problem problem) {
            Subscription subscription = body;
            end();
            if (subscription != null) {
                subscription.cancel();
            }
            reader.onError(new RequestBodyRefused(problem));
        }

        private void end() {
            over = true;
            Future<?> timer = looking;
            if (timer != null) {
                timer.cancel(false);
            }
        }

        @Override
        public void onError(Throwable error) {
            if (!over) {
                end();
                reader.onError(error);
            }
        }

        @Override
        public void onComplete() {
            if (!over) {
                end();
                reader.onComplete();
            }
        }

        @Override
        public void request(long parts) {
            Subscription subscription = body;
            if (subscription != null) {
                asked.accumulateAndGet(parts, Operators::addCap);
                subscription.request(parts);
            }
        }

        @Override
        public void cancel() {
            Subscription subscription = body;
            end();
            if (subscription != null) {
                subscription.cancel();
            }
        }
    }
}
