package io.headgate.load.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * A closed-loop HTTP/1.1 client in a process of its own: reads one {@link Load} per line from standard input and writes
 * one {@link Measurement} per line. It lives as long as its input, so that only the first load finds it cold.
 *
 * <p>All connections share one thread, so counting needs no locks and the client takes at most one core.
 */
final class LoadGenerator {

    private static final long LONGEST_ANSWER_MILLIS = 30_000;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    public static void main(String... args) throws Exception {
        JsonMapper json = JsonMapper.shared();
        LoadGenerator generator = new LoadGenerator();
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(json.writeValueAsString(generator.run(json.readValue(line, Load.class))));
            }
        } finally {
            // Its thread would keep the process alive, and whoever waits for an answer waiting.
            generator.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private Measurement run(Load load) throws Exception {
        Run run = new Run(load);
        Bootstrap bootstrap =
                new Bootstrap().group(loop).channel(NioSocketChannel.class).handler(run);
        List<Channel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < load.connections(); i++) {
                channels.add(bootstrap
                        .connect("127.0.0.1", load.port())
                        .syncUninterruptibly()
                        .channel());
            }
            loop.execute(() -> run.begin(channels));
            return run.result
                    .orTimeout(load.warmUpMillis() + load.millis() + LONGEST_ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                    .get();
        } finally {
            for (Channel channel : channels) {
                channel.close().syncUninterruptibly();
            }
            run.requests.forEach(ByteBuf::release);
        }
    }

    /** One load, from its first connection to its result; used by the event loop's thread only. */
    private static final class Run extends ChannelInitializer<Channel> {

        private final CompletableFuture<Measurement> result = new CompletableFuture<>();
        private final Load load;
        private final List<ByteBuf> requests;
        private final Latencies latencies = new Latencies();
        private final Map<Integer, Long> otherStatuses = new TreeMap<>();
        private long uncharged;
        private int next;
        private long countFrom;
        private long countTo;
        private int unanswered;

        private Run(Load load) {
            this.load = load;
            this.requests = new ArrayList<>(load.callers().size());
            for (String caller : load.callers()) {
                String path = load.paths().get(requests.size() % load.paths().size());
                String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + load.port()
                        + "\r\nAccept: application/json\r\n" + (caller.isEmpty() ? "" : caller + "\r\n") + "\r\n";
                requests.add(Unpooled.directBuffer().writeBytes(request.getBytes(StandardCharsets.US_ASCII)));
            }
        }

        private void begin(List<Channel> channels) {
            countFrom = System.nanoTime() + load.warmUpMillis() * 1_000_000L;
            countTo = countFrom + load.millis() * 1_000_000L;
            unanswered = channels.size();
            for (Channel channel : channels) {
                channel.pipeline().get(Loop.class).send(channel);
            }
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new HttpResponseDecoder(), new Loop());
        }

        private ByteBuf nextRequest() {
            next = (next + 1) % requests.size();
            return requests.get(next).retainedDuplicate();
        }

        private void answered(HttpResponse response) {
            if (response.status().code() != 200) {
                otherStatuses.merge(response.status().code(), 1L, Long::sum);
            } else if (!load.chargedHeader().isEmpty()
                    && !charged(response.headers().getAll(load.chargedHeader()))) {
                uncharged++;
            }
        }

        /** The stock limiters add a field each, and say -1 where they let a request pass uncounted. */
        private static boolean charged(List<String> fields) {
            return !fields.isEmpty() && fields.stream().noneMatch(field -> field.startsWith("-"));
        }

        private void finish() {
            result.complete(new Measurement(
                    latencies.count(),
                    (countTo - countFrom) / 1_000,
                    latencies.percentileMicros(50),
                    latencies.percentileMicros(99),
                    new TreeMap<>(otherStatuses),
                    uncharged));
        }

        /** One connection: the next request leaves when the last answer is complete. */
        private final class Loop extends SimpleChannelInboundHandler<HttpObject> {

            private long sentAt;

            @Override
            protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
                if (message instanceof HttpResponse response) {
                    answered(response);
                }
                if (message instanceof LastHttpContent) {
                    long now = System.nanoTime();
                    if (now >= countTo) {
                        // What is on its way is waited for, so that no answer is left out of the statuses.
                        if (--unanswered == 0) {
                            finish();
                        }
                        return;
                    }
                    if (now >= countFrom) {
                        latencies.add((now - sentAt) / 1_000);
                    }
                    send(context.channel());
                }
            }

            private void send(Channel channel) {
                sentAt = System.nanoTime();
                // A failure reaches exceptionCaught; a promise per request would cost more than it tells.
                ChannelFuture unused = channel.writeAndFlush(nextRequest(), channel.voidPromise());
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                result.completeExceptionally(new IOException("port " + load.port() + " closed a connection"));
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                result.completeExceptionally(cause);
            }
        }
    }
}
