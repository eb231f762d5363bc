package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectsInTurnTest {

    private final ConnectsInTurn turns = new ConnectsInTurn(2);
    private final List<ChannelPromise> underWay = new ArrayList<>();
    private final List<SocketAddress> begun = new ArrayList<>();
    private final List<ChannelFuture> attempts = new ArrayList<>();

    /** What connects, as far as a test lets it. */
    private final class Network extends ChannelOutboundHandlerAdapter {
        @Override
        public void connect(
                ChannelHandlerContext context, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            begun.add(remote);
            underWay.add(promise);
        }
    }

    @Test
    void of_many_connections_to_one_server_one_is_made_after_the_other() {
        for (int i = 0; i < 8; i++) {
            connect(1);
        }
        for (int i = 1; i <= 8; i++) {
            assertThat(begun).hasSize(i);
            underWay.get(i - 1).setSuccess();
        }
    }

    @Test
    void no_more_than_two_are_under_way_whatever_the_number_of_servers() {
        for (int server = 1; server <= 6; server++) {
            connect(server);
        }
        assertThat(begun).containsExactly(server(1), server(2));

        underWay.get(1).setSuccess();

        assertThat(begun).containsExactly(server(1), server(2), server(3));
    }

    @Test
    void a_server_that_does_not_answer_delays_no_connection_to_the_others() {
        connect(1);
        connect(1);
        connect(1);
        connect(2);

        assertThat(begun).containsExactly(server(1), server(2));
        underWay.get(1).setSuccess();
        connect(3);
        assertThat(begun).containsExactly(server(1), server(2), server(3));
    }

    @Test
    void one_that_fails_lets_the_next_one_begin() {
        connect(1);
        connect(1);

        underWay.get(0).setFailure(new ConnectException("refused"));

        assertThat(attempts.get(0).isDone()).isTrue();
        assertThat(begun).hasSize(2);
    }

    @Test
    void one_that_nobody_waits_for_any_more_takes_no_turn_for_long() {
        connect(1);
        connect(1);
        connect(1);

        attempts.get(1).cancel(false);
        underWay.get(0).setSuccess();

        assertThat(begun).hasSize(2);
    }

    private void connect(int server) {
        attempts.add(new EmbeddedChannel(new Network(), turns).connect(server(server)));
    }

    private static SocketAddress server(int number) {
        return InetSocketAddress.createUnresolved("server-" + number, 6379);
    }
}
