package io.headgate.limiter.redis;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Reservation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The charges of a call whose counters share a slot of the cluster, and where they stand in the call.
 *
 * @param tag that their keys carry
 * @param charges the charges
 * @param positions of the charges in the call
 */
record SlotPart(int tag, List<Charge> charges, List<Integer> positions) {

    /** The parts of a call, as their first charges stand in it. */
    static List<SlotPart> of(List<Charge> charges) {
        Map<Integer, SlotPart> parts = new LinkedHashMap<>();
        for (int i = 0; i < charges.size(); i++) {
            SlotPart part =
                    parts.computeIfAbsent(PackedCharge.tag(charges.get(i).key()), SlotPart::of);
            part.charges.add(charges.get(i));
            part.positions.add(i);
        }
        return List.copyOf(parts.values());
    }

    private static SlotPart of(int tag) {
        return new SlotPart(tag, new ArrayList<>(4), new ArrayList<>(4));
    }

    /** Whether somebody is to hold something. */
    boolean hasHolders() {
        return charges.stream().anyMatch(charge -> charge.holder() != null);
    }

    /** What an admission of the whole call says of this part. */
    Decision.Allowed of(Decision.Allowed whole) {
        return new Decision.Allowed(
                positions.stream().map(whole.usages()::get).toList(),
                whole.source(),
                positions.stream().map(whole.atMicros()::get).toList());
    }

    Reservation of(Reservation whole) {
        return new Reservation(whole.id(), charges, of(whole.admission()));
    }

    /** What stands in a list of the whole call for the charges of this part. */
    List<Long> numbers(List<Long> whole) {
        return positions.stream().map(whole::get).toList();
    }

    /** Puts something of each charge where it belongs in the whole call. */
    <T> void put(List<T> ofPart, T[] ofCall) {
        for (int i = 0; i < positions.size(); i++) {
            ofCall[positions.get(i)] = ofPart.get(i);
        }
    }
}
