package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Usage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One call as the script reads and answers it; {@code limits.lua} describes the bytes.
 *
 * @param <A> what the call answers
 */
sealed interface Call<A> {

    List<PackedCharge> charges();

    /** How many bytes {@link #encode} writes. */
    int size();

    void encode(ByteBuffer out);

    /** Reads this call's part of the reply, and nothing more. */
    A decode(ByteBuffer in);

    record Acquire(List<PackedCharge> charges) implements Call<Decision> {
        @Override
        public int size() {
            return 2 + PackedCharge.BYTES * charges.size();
        }

        @Override
        public void encode(ByteBuffer out) {
            putCharges(out, (byte) 1, charges);
        }

        @Override
        public Decision decode(ByteBuffer in) {
            boolean allowed = in.get() == 1;
            long now = (long) in.getDouble();
            List<Usage> usages = usages(in, charges.size());
            return allowed
                    ? new Decision.Allowed(usages, Decision.Source.STORE, Collections.nCopies(charges.size(), now))
                    : new Decision.Denied(usages, Decision.Source.STORE);
        }
    }

    record Peek(List<PackedCharge> charges) implements Call<List<Usage>> {
        @Override
        public int size() {
            return 2 + PackedCharge.BYTES * charges.size();
        }

        @Override
        public void encode(ByteBuffer out) {
            putCharges(out, (byte) 2, charges);
        }

        @Override
        public List<Usage> decode(ByteBuffer in) {
            in.get();
            in.getDouble();
            return usages(in, charges.size());
        }
    }

    record Refund(List<PackedCharge> charges, long atMicros) implements Call<Boolean> {
        @Override
        public int size() {
            return 2 + Double.BYTES + PackedCharge.BYTES * charges.size();
        }

        @Override
        public void encode(ByteBuffer out) {
            out.put((byte) 3).put((byte) charges.size()).putDouble((double) atMicros);
            charges.forEach(charge -> charge.encode(out));
        }

        @Override
        public Boolean decode(ByteBuffer in) {
            in.get();
            in.getDouble();
            return true;
        }
    }

    private static void putCharges(ByteBuffer out, byte op, List<PackedCharge> charges) {
        out.put(op).put((byte) charges.size());
        charges.forEach(charge -> charge.encode(out));
    }

    private static List<Usage> usages(ByteBuffer in, int count) {
        List<Usage> usages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            usages.add(new Usage((long) in.getDouble(), (long) in.getDouble(), (long) in.getDouble()));
        }
        return usages;
    }

    /** The packed form of a caller's charges. */
    static List<PackedCharge> pack(List<Charge> charges) {
        List<PackedCharge> packed = new ArrayList<>(charges.size());
        for (Charge charge : charges) {
            packed.add(PackedCharge.of(charge));
        }
        return packed;
    }
}
