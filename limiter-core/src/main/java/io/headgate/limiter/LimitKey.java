package io.headgate.limiter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Identity of one counter: which limit, and of whom. Neither the threshold nor the policy version is part of it, so a
 * limit that is raised keeps its count.
 *
 * @param limit first 64 bits of SHA-256 over the limit's name
 * @param subject whom it counts
 */
public record LimitKey(long limit, Subject subject) {

    /** Key of the limit with this name for this subject. */
    public static LimitKey of(String limit, Subject subject) {
        return new LimitKey(limitId(limit), subject);
    }

    /** The number that stands for a limit's name in its keys; worth computing once per name. */
    public static long limitId(String name) {
        return ByteBuffer.wrap(Subject.newSha256().digest(name.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
