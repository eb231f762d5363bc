package io.headgate.limiter.hazelcast;

import com.hazelcast.nio.serialization.ByteArraySerializer;
import java.util.ArrayList;
import java.util.List;

/**
 * A call on its way to another member: version 1, what to do (1 acquire, 2 peek, 3 refund, 4 refuse), count of limits, the limits,
 * and for a refund a moment per limit.
 */
final class SubjectCallSerializer implements ByteArraySerializer<SubjectCall> {

    private static final int VERSION = 1;
    private static final int ACQUIRE = 1;
    private static final int PEEK = 2;
    private static final int REFUND = 3;
    private static final int REFUSE = 4;

    @Override
    public int getTypeId() {
        return 1;
    }

    @Override
    public byte[] write(SubjectCall call) {
        Packer packer = new Packer().putByte(VERSION).putByte(op(call)).putVarLong(call.limits.size());
        call.limits.forEach(limit -> limit.pack(packer));
        if (call instanceof SubjectCall.Refund refund) {
            for (long moment : refund.atMicros) {
                packer.putVarLong(moment);
            }
        }
        return packer.toBytes();
    }

    private static int op(SubjectCall call) {
        if (call instanceof SubjectCall.Acquire) {
            return ACQUIRE;
        }
        if (call instanceof SubjectCall.Peek) {
            return PEEK;
        }
        return call instanceof SubjectCall.Refund ? REFUND : REFUSE;
    }

    @Override
    public SubjectCall read(byte[] bytes) {
        Unpacker unpacker = new Unpacker("call", bytes);
        unpacker.expectVersion(VERSION);
        int op = unpacker.getByte();
        int count = unpacker.getCount();
        List<LimitCall> limits = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            limits.add(LimitCall.unpack(unpacker));
        }
        SubjectCall call = switch (op) {
            case ACQUIRE -> new SubjectCall.Acquire(limits);
            case PEEK -> new SubjectCall.Peek(limits);
            case REFUND -> new SubjectCall.Refund(limits, moments(unpacker, count));
            case REFUSE -> new SubjectCall.Refuse(limits);
            default -> throw unpacker.unexpected("operation " + op);
        };
        unpacker.expectEnd();
        return call;
    }

    private static long[] moments(Unpacker unpacker, int count) {
        long[] moments = new long[count];
        for (int i = 0; i < count; i++) {
            moments[i] = unpacker.getVarLong();
        }
        return moments;
    }
}
