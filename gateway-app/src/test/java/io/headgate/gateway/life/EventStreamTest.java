package io.headgate.gateway.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class EventStreamTest {

    private static final DefaultDataBufferFactory BUFFERS = DefaultDataBufferFactory.sharedInstance;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: one\n\n",
                "data: one\r\n\r\n",
                "data: one\r\r",
                "data: one|\n|\n",
                "data: one\r|\n\r|\n",
                ""
            })
    void between_two_events_it_says_when_to_come_back(String sent) {
        assertThat(endedAfter(sent)).matches("(?s)" + sent.replace("|", "") + "retry: [1-4][0-9]{3}\n\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"data: one\n\ndata: tw", "data: one\n", "data: one\n|data: two\r\n", "data: one\n|\n|id: 2"})
    void within_an_event_it_says_nothing_so_that_the_client_drops_the_half(String sent) {
        assertThat(endedAfter(sent)).isEqualTo(sent.replace("|", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: one\n\n", "data: one"})
    void a_stream_that_ends_by_itself_is_left_alone(String sent) {
        assertThat(text(new EventStream(BUFFERS).endingWith(Mono.never(), parts(sent))))
                .isEqualTo(sent);
    }

    /** What a client has read when the stream was ended after these parts. */
    private static String endedAfter(String sent) {
        Sinks.Empty<Void> end = Sinks.empty();
        Flux<DataBuffer> endless =
                parts(sent).concatWith(Mono.<DataBuffer>never().doOnSubscribe(waiting -> end.tryEmitEmpty()));
        return text(new EventStream(BUFFERS).endingWith(end.asMono(), endless));
    }

    private static Flux<DataBuffer> parts(String sent) {
        return Flux.fromIterable(List.of(sent.split("\\|")))
                .map(part -> BUFFERS.wrap(part.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String text(Flux<DataBuffer> stream) {
        StringBuilder text = new StringBuilder();
        stream.doOnNext(part -> text.append(part.toString(StandardCharsets.US_ASCII)))
                .blockLast();
        return text.toString();
    }
}
