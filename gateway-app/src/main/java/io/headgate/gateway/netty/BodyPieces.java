package io.headgate.gateway.netty;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/** In what pieces bodies pass. */
public final class BodyPieces {

    /** Bytes of an answer that wait for a client that is slow to take them, besides what is in the system's buffers. */
    public static final int WAITING = 32 << 10;

    /** Then it is the turn of another connection: by default sixteen, which is long if many bodies are large. */
    private static final int READS_IN_A_TURN = 2;

    private static final int SMALLEST = 64;
    private static final int FIRST = 2_048;

    private BodyPieces() {}

    /**
     * How a connection is read.
     *
     * @param largest most bytes that are read at once
     */
    public static RecvByteBufAllocator reads(int largest) {
        return new AdaptiveRecvByteBufAllocator(SMALLEST, FIRST, largest).maxMessagesPerRead(READS_IN_A_TURN);
    }
}
