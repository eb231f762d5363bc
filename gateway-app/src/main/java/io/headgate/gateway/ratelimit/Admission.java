package io.headgate.gateway.ratelimit;

import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Reservation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.web.server.ServerWebExchange;

/**
 * What one request has taken from its limits. It can be given back when the request turns out to have been served by
 * nobody, and only once, whoever finds out.
 *
 * <p>Thread-safe.
 */
public final class Admission {

    private static final String ATTRIBUTE = Admission.class.getName();

    private final LimitGate gate;
    private final List<Verdict.Admitted> parts;
    private final AtomicBoolean kept = new AtomicBoolean(true);

    /** @param parts one for each time the request was held against limits */
    public Admission(LimitGate gate, List<Verdict.Admitted> parts) {
        this.gate = gate;
        this.parts = List.copyOf(parts);
    }

    /** Leaves this admission with the exchange. */
    public void accompany(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    /** The admission of an exchange; empty if no limit counted it. */
    public static Optional<Admission> of(ServerWebExchange exchange) {
        return Optional.ofNullable(exchange.getAttribute(ATTRIBUTE));
    }

    /** What it has taken; nothing once it has been given back. */
    public List<Verdict.Admitted> standing() {
        return kept.get() ? parts : List.of();
    }

    /** Gives back what was counted, and leaves the slots with whoever holds them. */
    public void giveBackTokens() {
        if (kept.compareAndSet(true, false)) {
            parts.forEach(part -> part.reservation().ifPresent(this::giveBackTokens));
        }
    }

    private void giveBackTokens(Verdict.Reservation taken) {
        List<Long> actual = taken.charges().stream()
                .map(charge -> charge.quota() instanceof Concurrency ? 1L : 0L)
                .toList();
        gate.settle(Reservation.of(taken.charges(), taken.admission()), actual);
    }

    /**
     * Gives everything back.
     *
     * @return whether there was something to give back, which is so at most once
     */
    public boolean giveBack() {
        if (!kept.compareAndSet(true, false)) {
            return false;
        }
        boolean counted = false;
        for (Verdict.Admitted part : parts) {
            counted |= part.reservation().isPresent();
            gate.refund(part);
        }
        return counted;
    }
}
