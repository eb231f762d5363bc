package io.headgate.limiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.limiter.Charge;

/** The slot of a counter, on its way from one master to another. */
final class SlotMove implements AutoCloseable {

    private final String slot;
    private final int target;
    private final RespConnection from;
    private final RespConnection to;

    SlotMove(Charge charge, int sourcePort, int targetPort) {
        this.target = targetPort;
        this.from = new RespConnection(sourcePort);
        this.to = new RespConnection(targetPort);
        this.slot = from.command("CLUSTER", "KEYSLOT", PackedCharge.key(charge.key()));
        to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", from.command("CLUSTER", "MYID"));
        from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", to.command("CLUSTER", "MYID"));
    }

    void moveKey(Charge counter) {
        assertThat(from.command(
                        "MIGRATE",
                        "127.0.0.1",
                        Integer.toString(target),
                        PackedCharge.key(counter.key()),
                        "0",
                        "10000"))
                .isIn("OK", "NOKEY");
    }

    void finish() {
        String owner = to.command("CLUSTER", "MYID");
        to.command("CLUSTER", "SETSLOT", slot, "NODE", owner);
        from.command("CLUSTER", "SETSLOT", slot, "NODE", owner);
    }

    @Override
    public void close() {
        from.close();
        to.close();
    }
}
