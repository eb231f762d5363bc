package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.StoreUnavailable;
import io.headgate.limiter.Usage;
import io.headgate.limiter.algorithm.SettledState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One call as the script reads and answers it; {@code limits.lua} describes the bytes.
 *
 * @param <A> what the call answers
 */
sealed interface Call<A> {

    /** What is asked for, and of how many charges. */
    int HEAD_BYTES = 2;

    /** Key, quota and cost. */
    int CHARGE_BYTES = 2 * Short.BYTES + Double.BYTES;

    List<PackedCharge> charges();

    /** What the script is asked to do. */
    byte op();

    /** Reads this call's part of the reply, and nothing more. */
    A decode(ByteBuffer in);

    /** What takes this call back if nobody waits for its answer any more; nothing for most. */
    default Optional<Call<?>> undo(A answer) {
        return Optional.empty();
    }

    /** How many bytes {@link #encode} writes. */
    default int size() {
        return HEAD_BYTES + charges().size() * CHARGE_BYTES;
    }

    default void encode(Batch batch) {
        batch.putByte(op()).putByte(charges().size());
        for (PackedCharge charge : charges()) {
            batch.putKey(charge.key()).putQuota(charge.quota()).putNumber(charge.cost());
        }
    }

    record Acquire(List<PackedCharge> charges) implements Call<Decision> {
        @Override
        public byte op() {
            return 1;
        }

        @Override
        public Decision decode(ByteBuffer in) {
            boolean allowed = verdict(in) == 1;
            List<Usage> usages = new ArrayList<>(charges.size());
            List<Long> moments = new ArrayList<>(charges.size());
            long delay = 0;
            for (int i = 0; i < charges.size(); i++) {
                Usage usage = usage(in);
                if (allowed) {
                    delay = Math.max(delay, usage.waitMicros());
                    usage = new Usage(usage.remaining(), usage.replenishMicros(), 0);
                }
                usages.add(usage);
                moments.add((long) in.getDouble());
            }
            return allowed
                    ? new Decision.Allowed(usages, Decision.Source.STORE, moments, delay)
                    : new Decision.Denied(usages, Decision.Source.STORE);
        }

        @Override
        public Optional<Call<?>> undo(Decision answer) {
            if (!(answer instanceof Decision.Allowed admission)) {
                return Optional.empty();
            }
            List<PackedCharge> taken = new ArrayList<>(charges.size());
            for (int i = 0; i < charges.size(); i++) {
                taken.add(charges.get(i).at(admission.atMicros().get(i)));
            }
            return Optional.of(new Refund(taken));
        }
    }

    record Peek(List<PackedCharge> charges) implements Call<List<Usage>> {
        @Override
        public byte op() {
            return 2;
        }

        @Override
        public List<Usage> decode(ByteBuffer in) {
            verdict(in);
            List<Usage> usages = new ArrayList<>(charges.size());
            for (int i = 0; i < charges.size(); i++) {
                usages.add(usage(in));
                in.getDouble();
            }
            return usages;
        }
    }

    record Refund(List<PackedCharge> charges) implements Call<Boolean> {
        @Override
        public byte op() {
            return 3;
        }

        @Override
        public int size() {
            return HEAD_BYTES + charges.size() * (CHARGE_BYTES + Double.BYTES);
        }

        @Override
        public void encode(Batch batch) {
            batch.putByte(op()).putByte(charges.size());
            for (PackedCharge charge : charges) {
                batch.putKey(charge.key())
                        .putQuota(charge.quota())
                        .putNumber(charge.cost())
                        .putNumber(charge.atMicros());
            }
        }

        @Override
        public Boolean decode(ByteBuffer in) {
            return verdict(in) == 1;
        }
    }

    /**
     * Replaces what an admission took by what it came to, where that has not been done yet.
     *
     * @param charges each with what names its admission
     * @param settlements of the charges
     */
    record Settle(List<PackedCharge> charges, List<Settlement> settlements) implements Call<Boolean> {

        /**
         * What one charge came to.
         *
         * @param mark key under which it is remembered
         * @param actual what the charge came to
         * @param rememberedMicros for how long
         */
        record Settlement(String mark, long actual, long rememberedMicros) {}

        static Settle of(Reservation reservation, List<Long> actual, long nodeMicros) {
            List<Settlement> settlements = new ArrayList<>(actual.size());
            for (int i = 0; i < actual.size(); i++) {
                Charge charge = reservation.charges().get(i);
                settlements.add(new Settlement(
                        PackedCharge.key(SettledState.key(reservation.id(), charge.key())),
                        actual.get(i),
                        SettledState.rememberedMicros(charge.quota())));
            }
            List<PackedCharge> packed = pack(
                    reservation.charges(), nodeMicros, reservation.admission().atMicros());
            return new Settle(packed, settlements);
        }

        @Override
        public byte op() {
            return 4;
        }

        @Override
        public int size() {
            return HEAD_BYTES + charges.size() * (CHARGE_BYTES + Short.BYTES + 3 * Double.BYTES);
        }

        @Override
        public void encode(Batch batch) {
            batch.putByte(op()).putByte(charges.size());
            for (int i = 0; i < charges.size(); i++) {
                PackedCharge charge = charges.get(i);
                Settlement settlement = settlements.get(i);
                batch.putKey(charge.key())
                        .putQuota(charge.quota())
                        .putNumber(charge.cost())
                        .putNumber(charge.atMicros())
                        .putKey(settlement.mark())
                        .putNumber(settlement.actual())
                        .putNumber(settlement.rememberedMicros());
            }
        }

        @Override
        public Boolean decode(ByteBuffer in) {
            return verdict(in) == 1;
        }
    }

    /**
     * Forgets counters.
     *
     * @param keys of the counters
     */
    record Reset(List<String> keys) implements Call<Boolean> {
        @Override
        public List<PackedCharge> charges() {
            return List.of();
        }

        @Override
        public byte op() {
            return 5;
        }

        @Override
        public int size() {
            return HEAD_BYTES + keys.size() * Short.BYTES;
        }

        @Override
        public void encode(Batch batch) {
            batch.putByte(op()).putByte(keys.size());
            keys.forEach(batch::putKey);
        }

        @Override
        public Boolean decode(ByteBuffer in) {
            return verdict(in) == 1;
        }
    }

    private static Usage usage(ByteBuffer in) {
        return new Usage((long) in.getDouble(), (long) in.getDouble(), (long) in.getDouble());
    }

    private static int verdict(ByteBuffer in) {
        int verdict = (int) in.getDouble();
        if (verdict == 2) {
            throw new StoreUnavailable(
                    "redis: the clocks of this node and of the server are too far apart for a calendar");
        }
        return verdict;
    }

    /**
     * The packed form of charges that are not a refund.
     *
     * @param nodeMicros about now
     */
    static List<PackedCharge> pack(List<Charge> charges, long nodeMicros) {
        List<PackedCharge> packed = new ArrayList<>(charges.size());
        for (Charge charge : charges) {
            packed.add(PackedCharge.of(charge, nodeMicros));
        }
        return packed;
    }

    /** The packed form of charges to give back, each with what names its admission. */
    static List<PackedCharge> pack(List<Charge> charges, long nodeMicros, List<Long> moments) {
        List<PackedCharge> packed = new ArrayList<>(charges.size());
        for (int i = 0; i < charges.size(); i++) {
            packed.add(PackedCharge.of(charges.get(i), nodeMicros).at(moments.get(i)));
        }
        return packed;
    }
}
