package io.headgate.limiter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who holds a slot of a {@link Concurrency} limit: a playback session, an unfinished upload, an open connection. Only
 * told apart from the other holders of the same counter, and so only 64 bits.
 *
 * @param id first 64 bits of SHA-256 over its name, or a random number
 */
public record Holder(long id) {

    /** The holder of this name; the same name is the same holder on every node. */
    public static Holder of(String name) {
        byte[] digest = Subject.newSha256().digest(name.getBytes(StandardCharsets.UTF_8));
        return new Holder(ByteBuffer.wrap(digest).getLong());
    }

    /** A holder that is no other: a connection that has no name. */
    public static Holder unique() {
        return new Holder(ThreadLocalRandom.current().nextLong());
    }
}
