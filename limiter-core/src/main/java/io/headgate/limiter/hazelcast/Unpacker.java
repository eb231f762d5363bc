package io.headgate.limiter.hazelcast;

import com.hazelcast.nio.serialization.HazelcastSerializationException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what a {@link Packer} wrote. Bytes that end too early, or go on after the end, are a
 * {@link HazelcastSerializationException}, which a caller gets to see as a store that does not answer.
 */
final class Unpacker {

    private final String what;
    private final byte[] bytes;
    private int at;

    /** @param what named in the message if the bytes are not that */
    Unpacker(String what, byte[] bytes) {
        this.what = what;
        this.bytes = bytes;
    }

    /** Reads a version byte, and refuses any version but this one. */
    void expectVersion(int version) {
        int written = getByte();
        if (written != version) {
            throw new HazelcastSerializationException(
                    what + ": version " + written + " (expected: " + version + "; written by another release)");
        }
    }

    int getByte() {
        if (at == bytes.length) {
            throw new HazelcastSerializationException(what + ": ends after " + at + " bytes");
        }
        return bytes[at++] & 0xFF;
    }

    long getLong() {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << Byte.SIZE) | getByte();
        }
        return value;
    }

    long getVarLong() {
        long folded = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = getByte();
            folded |= (next & 0x7FL) << shift;
            if (next < 0x80) {
                return (folded >>> 1) ^ -(folded & 1);
            }
        }
        throw unexpected("a number longer than 64 bits");
    }

    /** A count of things that take at least one byte each. */
    int getCount() {
        long count = getVarLong();
        if (count < 0 || count > bytes.length - at) {
            throw unexpected("a count of " + count);
        }
        return (int) count;
    }

    String getText() {
        int length = getCount();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, at, bytes.length);
        at = bytes.length;
        return rest;
    }

    void expectEnd() {
        if (at != bytes.length) {
            throw unexpected((bytes.length - at) + " bytes too many");
        }
    }

    HazelcastSerializationException unexpected(String found) {
        return new HazelcastSerializationException(what + ": " + found + " at byte " + at);
    }
}
