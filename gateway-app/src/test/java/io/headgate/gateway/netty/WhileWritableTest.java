package io.headgate.gateway.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class WhileWritableTest {

    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final List<Integer> written = new ArrayList<>();
    private final Writer writer = new Writer();

    WhileWritableTest() {
        connection.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1_500, 2_500));
    }

    /** Writes parts of a thousand bytes each. */
    private final class Writer extends BaseSubscriber<Integer> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(128);
        }

        @Override
        protected void hookOnNext(Integer part) {
            written.add(part);
            var unused = connection.write(Unpooled.wrappedBuffer(new byte[1_000]));
        }
    }

    @Test
    void partsAreAskedForUntilTheConnectionTakesNoMore() {
        WhileWritable.of(Flux.range(1, 100), () -> connection).subscribe(writer);
        connection.runPendingTasks();
        assertThat(written).containsExactly(1, 2, 3, 4);
    }

    @Test
    void theNextAreAskedForOnceTheConnectionTakesMore() {
        WhileWritable.of(Flux.range(1, 5), () -> connection).subscribe(writer);
        connection.runPendingTasks();
        connection.flush();
        connection.runPendingTasks();
        assertThat(written).containsExactly(1, 2, 3, 4, 5);
        assertThat(writer.isDisposed()).isTrue();
        assertThat(connection.pipeline().names()).as("handlers").hasSize(1);
    }

    @Test
    void oneThatIsClosedGetsWhatItIsToFailAt() {
        WhileWritable.of(Flux.range(1, 6), () -> connection).subscribe(writer);
        connection.runPendingTasks();
        var unused = connection.close();
        connection.runPendingTasks();
        assertThat(written).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void aWriterThatGivesUpLeavesNothingBehind() {
        Sinks.Many<Integer> parts = Sinks.many().unicast().onBackpressureBuffer();
        for (int part = 1; part <= 9; part++) {
            parts.tryEmitNext(part);
        }
        WhileWritable.of(parts.asFlux(), () -> connection).subscribe(writer);
        connection.runPendingTasks();
        writer.cancel();
        connection.flush();
        connection.runPendingTasks();
        assertThat(written).containsExactly(1, 2, 3, 4);
        assertThat(parts.currentSubscriberCount()).isZero();
        assertThat(connection.pipeline().names()).as("handlers").hasSize(1);
    }

    @Test
    void whatTheWriterWantsWhileItIsAtWorkComesInALaterTurn() {
        WhileWritable.of(Flux.range(1, 100), () -> connection).subscribe(writer);
        assertThat(written).isEmpty();
        connection.runPendingTasks();
        assertThat(written).isNotEmpty();
    }

    @Test
    void whereThereIsNoConnectionAllThatIsWantedIsAskedFor() {
        WhileWritable.of(Flux.range(1, 100), () -> null).subscribe(writer);
        assertThat(written).hasSize(100);
    }
}
