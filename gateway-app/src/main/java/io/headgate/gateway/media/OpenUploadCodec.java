package io.headgate.gateway.media;

import io.headgate.limiter.CalendarQuota;
import io.headgate.limiter.Charge;
import io.headgate.limiter.Concurrency;
import io.headgate.limiter.Holder;
import io.headgate.limiter.LeakyBucket;
import io.headgate.limiter.LimitKey;
import io.headgate.limiter.OnStoreFailure;
import io.headgate.limiter.Penalty;
import io.headgate.limiter.Quota;
import io.headgate.limiter.SlidingWindow;
import io.headgate.limiter.Subject;
import io.headgate.limiter.TokenBucket;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Open uploads as the bytes of a note. The first byte is the version; a note of another version is one nobody reads. */
final class OpenUploadCodec {

    private static final int VERSION = 2;
    private static final int NOBODY = 0;
    private static final int SOMEBODY = 1;
    private static final long NOT_SAID = Long.MIN_VALUE;

    private OpenUploadCodec() {}

    static byte[] write(OpenUpload upload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(upload.reservation());
            out.writeBoolean(upload.shared());
            out.writeByte(upload.bytes().size());
            for (OpenUpload.Hold hold : upload.bytes()) {
                write(out, hold.charge());
                out.writeLong(hold.atMicros());
            }
            out.writeByte(upload.slots().size());
            for (Charge slot : upload.slots()) {
                write(out, slot);
            }
            out.writeLong(upload.length().orElse(-1));
            out.writeLong(upload.offset());
            out.writeLong(upload.expires().map(Instant::toEpochMilli).orElse(NOT_SAID));
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory are always writable", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Charge charge) throws IOException {
        out.writeLong(charge.key().limit());
        out.writeLong(charge.key().subject().hi());
        out.writeLong(charge.key().subject().lo());
        writeQuota(out, charge.quota());
        out.writeLong(charge.cost());
        out.writeUTF(charge.onStoreFailure().name());
        Holder holder = charge.holder();
        out.writeByte(holder == null ? NOBODY : SOMEBODY);
        if (holder != null) {
            out.writeLong(holder.id());
        }
    }

    private static void writeQuota(DataOutputStream out, Quota quota) throws IOException {
        if (quota instanceof TokenBucket bucket) {
            out.writeByte('b');
            out.writeLong(bucket.refill());
            writeDuration(out, bucket.period());
            out.writeLong(bucket.burst());
        } else if (quota instanceof SlidingWindow window) {
            out.writeByte('w');
            out.writeLong(window.limit());
            writeDuration(out, window.window());
        } else if (quota instanceof CalendarQuota calendar) {
            out.writeByte('c');
            out.writeLong(calendar.limit());
            out.writeUTF(calendar.unit().name());
            out.writeUTF(calendar.zone().getId());
        } else if (quota instanceof LeakyBucket leaky) {
            out.writeByte('l');
            out.writeLong(leaky.rate());
            writeDuration(out, leaky.period());
            writeDuration(out, leaky.longestDelay());
        } else if (quota instanceof Concurrency slots) {
            out.writeByte('s');
            out.writeLong(slots.slots());
            writeDuration(out, slots.lease());
        } else if (quota instanceof Penalty penalty) {
            out.writeByte('p');
            writeQuota(out, penalty.quota());
            writeDuration(out, penalty.block());
        }
    }

    private static void writeDuration(DataOutputStream out, Duration duration) throws IOException {
        out.writeLong(duration.toNanos() / 1_000);
    }

    /** The upload that {@link #write} wrote; empty if these bytes are something else. */
    static Optional<OpenUpload> read(byte[] note) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(note))) {
            if (in.readByte() != VERSION) {
                return Optional.empty();
            }
            long reservation = in.readLong();
            boolean shared = in.readBoolean();
            List<OpenUpload.Hold> bytes = new ArrayList<>();
            for (int left = in.readUnsignedByte(); left > 0; left--) {
                bytes.add(new OpenUpload.Hold(readCharge(in), in.readLong()));
            }
            List<Charge> slots = new ArrayList<>();
            for (int left = in.readUnsignedByte(); left > 0; left--) {
                slots.add(readCharge(in));
            }
            long length = in.readLong();
            long offset = in.readLong();
            long expires = in.readLong();
            return Optional.of(new OpenUpload(
                    reservation,
                    shared,
                    bytes,
                    slots,
                    length < 0 ? OptionalLong.empty() : OptionalLong.of(length),
                    offset,
                    expires == NOT_SAID ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires))));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static Charge readCharge(DataInputStream in) throws IOException {
        LimitKey key = new LimitKey(in.readLong(), new Subject(in.readLong(), in.readLong()));
        Quota quota = readQuota(in);
        long cost = in.readLong();
        OnStoreFailure onStoreFailure = OnStoreFailure.valueOf(in.readUTF());
        Holder holder = in.readByte() == NOBODY ? null : new Holder(in.readLong());
        return new Charge(key, quota, cost, onStoreFailure, holder);
    }

    private static Quota readQuota(DataInputStream in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 'b' -> new TokenBucket(in.readLong(), readDuration(in), in.readLong());
            case 'w' -> new SlidingWindow(in.readLong(), readDuration(in));
            case 'c' ->
                new CalendarQuota(in.readLong(), CalendarQuota.Unit.valueOf(in.readUTF()), ZoneId.of(in.readUTF()));
            case 'l' -> new LeakyBucket(in.readLong(), readDuration(in), readDuration(in));
            case 's' -> new Concurrency(in.readLong(), readDuration(in));
            case 'p' -> new Penalty(readQuota(in), readDuration(in));
            default -> throw new IOException("quota: " + kind + " (expected: a kind that this version knows)");
        };
    }

    private static Duration readDuration(DataInputStream in) throws IOException {
        return Duration.ofNanos(in.readLong() * 1_000);
    }
}
