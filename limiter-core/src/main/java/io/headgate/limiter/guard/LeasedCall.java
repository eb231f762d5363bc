package io.headgate.limiter.guard;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of which some charges are in hand, from a stock, and the others are to be charged directly. */
final class LeasedCall {

    /** At the position of each charge, null for a direct one. */
    private final Stock.InHand[] inHand;

    private final List<Charge> direct = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();

    LeasedCall(List<Charge> charges, Stock.InHand[] inHand) {
        this.inHand = inHand;
        for (int i = 0; i < inHand.length; i++) {
            if (inHand[i] == null) {
                direct.add(charges.get(i));
                positions.add(i);
            }
        }
    }

    List<Charge> direct() {
        return direct;
    }

    void putBack() {
        taken().forEach(Stock.InHand::putBack);
    }

    /**
     * Admits what is in hand together with the direct charges.
     *
     * @param admitted all direct charges; of no charges if there are none
     * @return null if some of what was in hand has ended; all of it is put back then
     */
    Decision.@Nullable Allowed admitted(Decision.Allowed admitted, long nowNanos) {
        if (!taken().stream().allMatch(each -> each.lasts(nowNanos))) {
            putBack();
            return null;
        }
        taken().forEach(Stock.InHand::spend);
        Usage[] usages = new Usage[inHand.length];
        Long[] moments = new Long[inHand.length];
        for (int i = 0; i < inHand.length; i++) {
            if (inHand[i] != null) {
                usages[i] = inHand[i].usage();
                moments[i] = inHand[i].atMicros();
            }
        }
        for (int i = 0; i < positions.size(); i++) {
            usages[positions.get(i)] = admitted.usages().get(i);
            moments[positions.get(i)] = admitted.atMicros().get(i);
        }
        return new Decision.Allowed(
                Arrays.asList(usages), admitted.source(), Arrays.asList(moments), admitted.delayMicros());
    }

    /** What the direct charges were refused with; the others were not looked at. */
    Decision.Denied refused(Decision.Denied denied) {
        return new Decision.Denied(
                denied.usages(), denied.positions().stream().map(positions::get).toList(), denied.source());
    }

    private List<Stock.InHand> taken() {
        return Arrays.stream(inHand).filter(Objects::nonNull).toList();
    }
}
