package io.headgate.gateway.media;

import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Reminders;
import io.headgate.limiter.Reservation;
import io.headgate.limiter.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is held for an upload that has been created and has not ended.
 *
 * @param reservation number by which the store knows the settlement of its bytes
 * @param shared whether the shared store holds its bytes; else only the node that admitted it could give them back
 * @param bytes what its creation reserved
 * @param slots what it holds of limits of concurrency, each with its holder
 * @param length bytes it will have; empty as long as the client has not said so
 * @param offset bytes that have arrived, as far as is known
 * @param expires when its backend is going to give it up; empty if that has not said so
 */
record OpenUpload(
        long reservation,
        boolean shared,
        List<Hold> bytes,
        List<Charge> slots,
        OptionalLong length,
        long offset,
        Optional<Instant> expires) {

    /** For how long an upload may rest that holds no slot, and whose backend says nothing. */
    private static final Duration REST = Duration.ofHours(24);

    private static final Duration SHORTEST_REST = Duration.ofSeconds(1);

    /**
     * Bytes that a limit has been charged.
     *
     * @param charge which limit, and how many
     * @param atMicros what the store names the charge by
     */
    record Hold(Charge charge, long atMicros) {}

    OpenUpload {
        bytes = List.copyOf(bytes);
        slots = List.copyOf(slots);
    }

    /** Whether there is anything to remember. */
    boolean holdsAnything() {
        return !bytes.isEmpty() || !slots.isEmpty();
    }

    /** Whether its creation has paid for the bytes that this limit would count. */
    boolean reserved(long limit) {
        return bytes.stream().anyMatch(hold -> hold.charge().key().limit() == limit);
    }

    boolean isComplete() {
        return length.isPresent() && offset >= length.getAsLong();
    }

    OpenUpload at(long known, OptionalLong declared) {
        return new OpenUpload(
                reservation, shared, bytes, slots, length.isPresent() ? length : declared, known, expires);
    }

    OpenUpload holding(List<Charge> taken) {
        return new OpenUpload(reservation, shared, bytes, taken, length, offset, expires);
    }

    /** The same with what its backend says now of when it gives it up; nothing changes if it says nothing. */
    OpenUpload expiring(Optional<Instant> said) {
        return said.isEmpty() ? this : new OpenUpload(reservation, shared, bytes, slots, length, offset, said);
    }

    /** How long nobody may go on with it before it is given up: until its backend does, or as long as its slots are kept. */
    Duration rest(Instant now) {
        Duration rest = expires.map(end -> Duration.between(now, end)).orElseGet(this::lease);
        if (rest.compareTo(SHORTEST_REST) < 0) {
            return SHORTEST_REST;
        }
        return rest.compareTo(Reminders.LONGEST) > 0 ? Reminders.LONGEST : rest;
    }

    private Duration lease() {
        return slots.stream()
                .map(slot -> ((Concurrency) slot.quota()).lease())
                .max(Duration::compareTo)
                .orElse(REST);
    }

    /** What was reserved, for settling it. */
    Reservation reserved() {
        List<Charge> charges = new ArrayList<>(bytes.size());
        List<Long> moments = new ArrayList<>(bytes.size());
        List<Usage> unknown = new ArrayList<>(bytes.size());
        for (Hold hold : bytes) {
            charges.add(hold.charge());
            moments.add(hold.atMicros());
            unknown.add(new Usage(0, 0, 0));
        }
        return new Reservation(reservation, charges, new Decision.Allowed(unknown, Decision.Source.STORE, moments));
    }

    /** What each reserved charge comes to if nothing more arrives. */
    List<Long> spent() {
        return bytes.stream()
                .map(hold -> Math.min(offset, hold.charge().cost()))
                .toList();
    }
}
