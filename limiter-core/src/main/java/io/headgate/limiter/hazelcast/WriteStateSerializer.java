package io.headgate.limiter.hazelcast;

import com.hazelcast.nio.serialization.ByteArraySerializer;

/** An outcome on its way to the backup: version 1, time to live, and the state as it is kept. */
final class WriteStateSerializer implements ByteArraySerializer<WriteState> {

    private static final int VERSION = 1;

    @Override
    public int getTypeId() {
        return 2;
    }

    @Override
    public byte[] write(WriteState write) {
        return new Packer()
                .putByte(VERSION)
                .putVarLong(write.ttlMillis)
                .putBytes(write.state)
                .toBytes();
    }

    @Override
    public WriteState read(byte[] bytes) {
        Unpacker unpacker = new Unpacker("outcome", bytes);
        unpacker.expectVersion(VERSION);
        long ttlMillis = unpacker.getVarLong();
        return new WriteState(unpacker.rest(), ttlMillis);
    }
}
