package io.headgate.limiter.testkit;

import io.headgate.limiter.Charge;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Quota;
import io.headgate.limiter.testkit.NodeLog.Call;
import io.headgate.limiter.testkit.NodeLog.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Judges from outside whether nodes that share a store keep its limits. Trusts no clock of the store, and a node's clock
 * only between two readings of its own.
 *
 * <p>A call was decided at some moment between being sent and being received. So all that was sent at x or later and
 * received at y or earlier was admitted inside [x, y], wherever in between the moments lay, and together may not exceed
 * what the quota allows in y − x. Every such interval is checked, and none can show a fault that is not there.
 *
 * <p>Nodes whose clocks differ by an {@linkplain ClockOffset unknown part} are compared with each call widened by it.
 * This is done on the reference clock and on the clock of each node, where that node's own calls need no widening: an
 * excess of one node is found whatever is known of the others. What can go unseen is an excess that fits into the
 * widening.
 *
 * <p>Takes time quadratic in the calls on one key. Check when all is logged.
 */
public final class AdmissionOracle {

    private static final Set<Verdict> SURELY_TAKEN = EnumSet.of(Verdict.ADMITTED);
    private static final Set<Verdict> PERHAPS_TAKEN =
            EnumSet.of(Verdict.ADMITTED, Verdict.GIVEN_BACK, Verdict.UNDECIDED);

    private final List<NodeLog> nodes = new ArrayList<>();

    /** A charge that was decided at some moment of an interval on the clock of a frame. */
    private record Bracket(Charge charge, long earliest, long latest) {}

    /** The log of a node on the reference clock: one in this process. */
    public NodeLog node() {
        return node(ClockOffset.NONE);
    }

    /** The log of a node with a clock of its own. */
    public NodeLog node(ClockOffset offset) {
        NodeLog node = new NodeLog(offset);
        nodes.add(node);
        return node;
    }

    /**
     * Checks that no key was admitted more than its quota allows, over every interval. What was given back later counts
     * as not admitted.
     *
     * @throws AssertionError naming an interval that holds too much
     */
    public void checkAdmissions() {
        checkAdmissions(NodeLog::offset);
        for (NodeLog frame : nodes) {
            if (!frame.offset().isExact()) {
                checkAdmissions(node ->
                        node.equals(frame) ? ClockOffset.NONE : node.offset().in(frame.offset()));
            }
        }
    }

    private void checkAdmissions(Function<NodeLog, ClockOffset> offsets) {
        taken(SURELY_TAKEN, offsets).values().forEach(AdmissionOracle::checkEveryInterval);
    }

    private static void checkEveryInterval(List<Bracket> admissions) {
        admissions.sort(Comparator.comparingLong(Bracket::latest));
        Quota quota = admissions.get(0).charge.quota();
        for (Bracket first : admissions) {
            long tokens = 0;
            for (Bracket last : admissions) {
                if (last.earliest < first.earliest) {
                    continue;
                }
                tokens += last.charge.cost();
                long elapsed = last.latest - first.earliest;
                if (Bound.exceeds(quota, tokens, elapsed)) {
                    throw new AssertionError(quota + " admitted " + tokens + " tokens in " + elapsed
                            + " microseconds, sent at " + first.earliest + " or later and received by " + last.latest);
                }
            }
        }
    }

    /**
     * Checks that every call that was refused could have been: that some limit of it was too full for it at the worst
     * moments between sent and received, of its own and of all other calls. For logs that hold every call on their keys.
     *
     * @throws AssertionError naming a call that must have fitted
     */
    public void checkRefusals() {
        Map<LimitKey, List<Bracket>> taken = taken(PERHAPS_TAKEN, NodeLog::offset);
        taken.values()
                .forEach(charges ->
                        charges.sort(Comparator.comparingLong(Bracket::latest).reversed()));
        for (NodeLog node : nodes) {
            for (Call call : node.calls()) {
                if (call.verdict() == Verdict.REFUSED
                        && brackets(call, node.offset())
                                .noneMatch(refused ->
                                        mayRefuse(refused, taken.getOrDefault(refused.charge.key(), List.of())))) {
                    throw new AssertionError("refused what must have fitted: " + call);
                }
            }
        }
    }

    /** @param taken latest first */
    private static boolean mayRefuse(Bracket refused, List<Bracket> taken) {
        Quota quota = refused.charge.quota();
        long tokens = refused.charge.cost();
        for (Bracket charge : taken) {
            if (charge.earliest <= refused.latest) {
                tokens += charge.charge.cost();
                if (Bound.mayRefuse(quota, tokens, Math.max(0, refused.earliest - charge.latest))) {
                    return true;
                }
            }
        }
        return false;
    }

    private Map<LimitKey, List<Bracket>> taken(Set<Verdict> verdicts, Function<NodeLog, ClockOffset> offsets) {
        Map<LimitKey, List<Bracket>> byKey = new HashMap<>();
        for (NodeLog node : nodes) {
            ClockOffset offset = offsets.apply(node);
            node.calls().stream()
                    .filter(call -> verdicts.contains(call.verdict()))
                    .flatMap(call -> brackets(call, offset))
                    .forEach(charge -> byKey.computeIfAbsent(charge.charge.key(), key -> new ArrayList<>())
                            .add(charge));
        }
        return byKey;
    }

    private static Stream<Bracket> brackets(Call call, ClockOffset offset) {
        return call.charges().stream()
                .map(charge -> new Bracket(
                        charge, call.sentMicros() + offset.leastMicros(), call.receivedMicros() + offset.mostMicros()));
    }
}
