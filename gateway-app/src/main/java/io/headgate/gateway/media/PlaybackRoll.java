package io.headgate.gateway.media;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The playbacks of one counter by when they began, and those that ended for others. What a store of slots does not know: it
 * has its holders by when their leases end.
 */
record PlaybackRoll(List<Entry> entries) {

    static final PlaybackRoll EMPTY = new PlaybackRoll(List.of());

    private static final int VERSION = 1;
    private static final int ENTRY = 3 * Long.BYTES + 1;

    /** So that a roll is a note of less than 4 KiB. */
    private static final int MOST = 150;

    /**
     * One playback.
     *
     * @param holder who holds its slot
     * @param begunMillis when it began
     * @param untilMillis until when it is remembered if nothing more is heard of it
     * @param ended whether it ended for another one
     */
    record Entry(long holder, long begunMillis, long untilMillis, boolean ended) {}

    PlaybackRoll {
        entries = List.copyOf(entries);
    }

    /** The roll with a playback that is under way; when it began stays what it was. */
    PlaybackRoll with(long holder, long nowMillis, long untilMillis) {
        long begun = find(holder)
                .filter(entry -> !entry.ended())
                .map(Entry::begunMillis)
                .orElse(nowMillis);
        return without(holder, nowMillis).plus(new Entry(holder, begun, untilMillis, false));
    }

    /** The roll with a playback that has ended for another one. */
    PlaybackRoll ending(Entry entry, long nowMillis, long untilMillis) {
        return without(entry.holder(), nowMillis)
                .plus(new Entry(entry.holder(), entry.begunMillis(), untilMillis, true));
    }

    private PlaybackRoll without(long holder, long nowMillis) {
        return new PlaybackRoll(entries.stream()
                .filter(entry -> entry.holder() != holder && entry.untilMillis() > nowMillis)
                .toList());
    }

    /** Of too many, those that ended first are forgotten first. */
    private PlaybackRoll plus(Entry entry) {
        List<Entry> more = new ArrayList<>(entries);
        more.sort(Comparator.comparing(Entry::ended).reversed().thenComparing(Entry::untilMillis));
        List<Entry> room = more.subList(Math.max(0, more.size() + 1 - MOST), more.size());
        List<Entry> all = new ArrayList<>(room);
        all.add(entry);
        return new PlaybackRoll(all);
    }

    /** Whether this playback has ended for another one. */
    boolean hasEnded(long holder, long nowMillis) {
        return find(holder)
                .filter(entry -> entry.ended() && entry.untilMillis() > nowMillis)
                .isPresent();
    }

    /** Who has been under way for longest, but for {@code holder}. */
    Optional<Entry> oldest(long holder, long nowMillis) {
        return entries.stream()
                .filter(entry -> !entry.ended() && entry.holder() != holder && entry.untilMillis() > nowMillis)
                .min(Comparator.comparingLong(Entry::begunMillis));
    }

    /** Who ended last for another one, but for {@code holder}. */
    Optional<Entry> lastEnded(long holder, long nowMillis) {
        return entries.stream()
                .filter(entry -> entry.ended() && entry.holder() != holder && entry.untilMillis() > nowMillis)
                .max(Comparator.comparingLong(Entry::untilMillis));
    }

    private Optional<Entry> find(long holder) {
        return entries.stream().filter(entry -> entry.holder() == holder).findFirst();
    }

    /** The bytes of a note. The first one is the version. */
    byte[] written() {
        ByteBuffer bytes = ByteBuffer.allocate(1 + ENTRY * entries.size());
        bytes.put((byte) VERSION);
        for (Entry entry : entries) {
            bytes.putLong(entry.holder())
                    .putLong(entry.begunMillis())
                    .putLong(entry.untilMillis())
                    .put((byte) (entry.ended() ? 1 : 0));
        }
        return bytes.array();
    }

    /** The roll that a note holds; empty if it is of another version. */
    static PlaybackRoll read(byte[] note) {
        ByteBuffer bytes = ByteBuffer.wrap(note);
        if (!bytes.hasRemaining() || bytes.get() != VERSION) {
            return EMPTY;
        }
        List<Entry> entries = new ArrayList<>();
        try {
            while (bytes.hasRemaining()) {
                entries.add(new Entry(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.get() != 0));
            }
        } catch (BufferUnderflowException cut) {
            return EMPTY;
        }
        return new PlaybackRoll(entries);
    }
}
