package io.headgate.limiter.hazelcast;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes numbers into bytes: as a byte, as eight big-endian bytes, or, where small ones are common, as a variable-length
 * integer (seven bits to the byte, lowest first, sign folded into the lowest bit).
 */
final class Packer {

    private byte[] bytes = new byte[64];
    private int size;

    Packer putByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    Packer putLong(long value) {
        ensure(Long.BYTES);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    Packer putVarLong(long value) {
        ensure(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    Packer putText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return putVarLong(utf8.length).putBytes(utf8);
    }

    Packer putBytes(byte[] all) {
        ensure(all.length);
        System.arraycopy(all, 0, bytes, size, all.length);
        size += all.length;
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
