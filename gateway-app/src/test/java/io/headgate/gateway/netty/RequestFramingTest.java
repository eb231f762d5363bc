package io.headgate.gateway.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.gateway.HostileInput;
import io.headgate.gateway.netty.RequestFraming.Fault;
import io.headgate.gateway.netty.RequestFraming.Phase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestFramingTest {

    @Test
    void theVerdictIsTheSameHoweverTheBytesArrive() throws IOException {
        for (HostileInput input : HostileInput.read("/hostile/framing.txt")) {
            byte[] bytes = joined(input);
            RequestFraming atOnce = new RequestFraming(100, false);
            int wrongAt = atOnce.follow(Unpooled.wrappedBuffer(bytes));
            RequestFraming byteByByte = new RequestFraming(100, false);
            int followed = 0;
            while (followed < bytes.length && byteByByte.fault().isEmpty()) {
                ByteBuf one = Unpooled.wrappedBuffer(bytes, followed, 1);
                followed += byteByByte.follow(one);
            }
            assertThat(byteByByte.fault()).as(input.name()).isEqualTo(atOnce.fault());
            assertThat(byteByByte.phase()).as(input.name()).isEqualTo(atOnce.phase());
            assertThat(followed).as(input.name()).isEqualTo(wrongAt);
        }
    }

    @Test
    void aSoundStreamEndsBetweenRequests() {
        RequestFraming framing = new RequestFraming(100, false);
        framing.follow(bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"));
        assertThat(framing.phase()).isEqualTo(Phase.BODY);
        framing.follow(bytes("c"));
        assertThat(framing.phase()).isEqualTo(Phase.BETWEEN);
        framing.follow(bytes("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n"));
        assertThat(framing.phase()).isEqualTo(Phase.BODY);
        framing.follow(bytes("\r\nGE"));
        assertThat(framing.phase()).isEqualTo(Phase.HEAD);
        assertThat(framing.fault()).isEmpty();
    }

    @Test
    void thePrefaceOfHttp2IsLeftAloneWhereThatMayBeSpoken() {
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0";
        RequestFraming open = new RequestFraming(100, true);
        assertThat(open.follow(bytes(preface))).isEqualTo(preface.length());
        assertThat(open.fault()).isEmpty();
        assertThat(open.phase()).isEqualTo(Phase.OTHER_PROTOCOL);
        RequestFraming closed = new RequestFraming(100, false);
        closed.follow(bytes(preface));
        assertThat(closed.fault()).contains(Fault.MALFORMED);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] joined(HostileInput input) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        input.segments().forEach(all::writeBytes);
        return all.toByteArray();
    }
}
