package io.headgate.gateway.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Parts of a body on their way to a connection, each of which is asked for only while that connection takes more. Reactor Netty
 * (1.3.7) asks for 128 parts and writes what comes, however much waits already; so whoever reads nothing would have
 * megabytes kept for it. What waits is what the connection lets wait, and two parts.
 *
 * @param <T> part of a body
 */
public final class WhileWritable<T> extends FluxOperator<T, T> {

    /** Parts that are asked for before the one before them is written; with one, reading would stop after each. */
    private static final int AHEAD = 2;

    private final Supplier<@Nullable Channel> connection;

    private WhileWritable(Flux<? extends T> parts, Supplier<@Nullable Channel> connection) {
        super(parts);
        this.connection = connection;
    }

    /**
     * The parts, each as soon as the connection takes it.
     *
     * @param connection where they go, known when the first is asked for; null if that takes whatever comes
     */
    public static <T> Flux<T> of(Flux<? extends T> parts, Supplier<@Nullable Channel> connection) {
        return new WhileWritable<>(parts, connection);
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> writer) {
        source.subscribe(new Gate<>(writer, connection.get()));
    }

    /** One writing of the parts. They come on the event loop of one connection, and may go to one of another. */
    private static final class Gate<T> implements CoreSubscriber<T>, Subscription {

        private final CoreSubscriber<? super T> writer;
        private final @Nullable Channel connection;

        /** Parts that the writer wants and that have not been asked for. */
        private final AtomicLong wanted = new AtomicLong();

        /** Parts that have been asked for and are not written yet. */
        private final AtomicInteger onTheWay = new AtomicInteger();

        private final AtomicBoolean watching = new AtomicBoolean();
        private final Watch watch = new Watch();
        private volatile boolean over;
        private @Nullable Subscription parts;

        Gate(CoreSubscriber<? super T> writer, @Nullable Channel connection) {
            this.writer = writer;
            this.connection = connection;
        }

        @Override
        public Context currentContext() {
            return writer.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            parts = subscription;
            writer.onSubscribe(this);
        }

        @Override
        public void request(long more) {
            wanted.accumulateAndGet(more, Operators::addCap);
            askInALaterTurn();
        }

        @Override
        public void onNext(T part) {
            writer.onNext(part);
            if (connection == null) {
                written();
            } else {
                onEventLoop(connection, this::written);
            }
        }

        private void written() {
            onTheWay.decrementAndGet();
            askForNext();
        }

        /** Where the writer is at work, it would put into a queue what comes at once, and nobody could see how much. */
        private void askInALaterTurn() {
            if (connection == null) {
                askForNext();
            } else {
                connection.eventLoop().execute(this::askForNext);
            }
        }

        private void askForNext() {
            Subscription from = parts;
            while (from != null && !over && wanted.get() > 0) {
                if (connection != null && !takesMore(connection)) {
                    watch(connection);
                    return;
                }
                int others = onTheWay.get();
                if (others >= AHEAD) {
                    return;
                }
                if (onTheWay.compareAndSet(others, others + 1)) {
                    if (wanted.getAndUpdate(Gate::oneLess) > 0) {
                        from.request(1);
                    } else {
                        onTheWay.decrementAndGet();
                    }
                }
            }
        }

        private static long oneLess(long wanted) {
            return wanted == 0 || wanted == Long.MAX_VALUE ? wanted : wanted - 1;
        }

        /** One that is closed does, in order that whoever writes to it finds out. */
        private static boolean takesMore(Channel connection) {
            return connection.isWritable() || !connection.isActive();
        }

        private void watch(Channel connection) {
            if (watching.compareAndSet(false, true)) {
                onEventLoop(connection, () -> {
                    if (!over) {
                        connection.pipeline().addFirst(watch);
                    }
                });
            }
        }

        private void end() {
            over = true;
            Channel watched = connection;
            if (watched != null && watching.get()) {
                onEventLoop(watched, () -> {
                    if (watch.isThere) {
                        watched.pipeline().remove(watch);
                    }
                });
            }
        }

        private static void onEventLoop(Channel connection, Runnable work) {
            if (connection.eventLoop().inEventLoop()) {
                work.run();
            } else {
                connection.eventLoop().execute(work);
            }
        }

        @Override
        public void onError(Throwable error) {
            end();
            writer.onError(error);
        }

        @Override
        public void onComplete() {
            end();
            writer.onComplete();
        }

        @Override
        public void cancel() {
            end();
            Subscription from = parts;
            if (from != null) {
                from.cancel();
            }
        }

        /** Stands in the connection's pipeline from when it first takes no more until the body is over. */
        private final class Watch extends ChannelInboundHandlerAdapter {

            private boolean isThere;

            @Override
            public void handlerAdded(ChannelHandlerContext ctx) {
                isThere = true;
                // It may have been written to the end before we stood here.
                askInALaterTurn();
            }

            @Override
            public void handlerRemoved(ChannelHandlerContext ctx) {
                isThere = false;
            }

            @Override
            public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                askInALaterTurn();
                ctx.fireChannelWritabilityChanged();
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                askInALaterTurn();
                ctx.fireChannelInactive();
            }
        }
    }
}
