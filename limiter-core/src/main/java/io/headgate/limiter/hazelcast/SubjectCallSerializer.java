package io.headgate.limiter.hazelcast;

import com.hazelcast.nio.serialization.ByteArraySerializer;
import java.util.ArrayList;
import java.util.List;

/**
 * A call on its way to another member: version 1, what to do (1 acquire, 2 peek, 3 refund, 4 refuse, 5 settle, 6 reset), count
 * of limits, the limits; for a refund and a settlement then a moment per limit, for a settlement then the id of the
 * reservation and what each limit came to. A reset has the ids of its limits only.
 */
final class SubjectCallSerializer implements ByteArraySerializer<SubjectCall> {

    private static final int VERSION = 1;
    private static final int ACQUIRE = 1;
    private static final int PEEK = 2;
    private static final int REFUND = 3;
    private static final int REFUSE = 4;
    private static final int SETTLE = 5;
    private static final int RESET = 6;

    @Override
    public int getTypeId() {
        return 1;
    }

    @Override
    public byte[] write(SubjectCall call) {
        Packer packer = new Packer().putByte(VERSION).putByte(op(call));
        if (call instanceof SubjectCall.Reset reset) {
            packer.putVarLong(reset.forgotten.size());
            reset.forgotten.forEach(packer::putLong);
            return packer.toBytes();
        }
        packer.putVarLong(call.limits.size());
        call.limits.forEach(limit -> limit.pack(packer));
        if (call instanceof SubjectCall.Refund refund) {
            put(packer, refund.atMicros);
        } else if (call instanceof SubjectCall.Settle settle) {
            put(packer, settle.atMicros);
            put(packer.putLong(settle.reservation), settle.actual);
        }
        return packer.toBytes();
    }

    private static void put(Packer packer, long[] numbers) {
        for (long number : numbers) {
            packer.putVarLong(number);
        }
    }

    private static int op(SubjectCall call) {
        if (call instanceof SubjectCall.Acquire) {
            return ACQUIRE;
        } else if (call instanceof SubjectCall.Peek) {
            return PEEK;
        } else if (call instanceof SubjectCall.Refund) {
            return REFUND;
        } else if (call instanceof SubjectCall.Refuse) {
            return REFUSE;
        }
        return call instanceof SubjectCall.Settle ? SETTLE : RESET;
    }

    @Override
    public SubjectCall read(byte[] bytes) {
        Unpacker unpacker = new Unpacker("call", bytes);
        unpacker.expectVersion(VERSION);
        int op = unpacker.getByte();
        int count = unpacker.getCount();
        SubjectCall call = op == RESET ? reset(unpacker, count) : onLimits(op, unpacker, count);
        unpacker.expectEnd();
        return call;
    }

    private static SubjectCall reset(Unpacker unpacker, int count) {
        List<Long> forgotten = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            forgotten.add(unpacker.getLong());
        }
        return new SubjectCall.Reset(forgotten);
    }

    private static SubjectCall onLimits(int op, Unpacker unpacker, int count) {
        List<LimitCall> limits = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            limits.add(LimitCall.unpack(unpacker));
        }
        return switch (op) {
            case ACQUIRE -> new SubjectCall.Acquire(limits);
            case PEEK -> new SubjectCall.Peek(limits);
            case REFUND -> new SubjectCall.Refund(limits, numbers(unpacker, count));
            case REFUSE -> new SubjectCall.Refuse(limits);
            case SETTLE ->
                new SubjectCall.Settle(limits, numbers(unpacker, count), unpacker.getLong(), numbers(unpacker, count));
            default -> throw unpacker.unexpected("operation " + op);
        };
    }

    private static long[] numbers(Unpacker unpacker, int count) {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = unpacker.getVarLong();
        }
        return numbers;
    }
}
