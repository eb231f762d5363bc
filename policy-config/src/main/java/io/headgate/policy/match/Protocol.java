package io.headgate.policy.match;

import io.headgate.limiter.TokenBucket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** What the requests of a route are part of, where that is more than one request and its answer. */
public sealed interface Protocol {

    /** Requests that stand each for itself. */
    Protocol PLAIN = new Plain();

    /** Requests that stand each for itself. */
    record Plain() implements Protocol {
        @Override
        public String toString() {
            return "";
        }
    }

    /**
     * Resumable uploads (tus 1.0).
     *
     * @param bytesPerSecond how fast one body is read at most; empty for as fast as it comes
     * @param whenShort what becomes of a body for which there is not enough left of a limit in {@code unreserved}
     * @param unreserved names of the limits that count the bytes which an upload's creation has not reserved
     * @param maxSize how many bytes an upload may have; empty for any number
     * @param mediaTypes what uploads may be, such as {@code video/*}; empty for anything
     */
    record Tus(
            OptionalLong bytesPerSecond,
            WhenShort whenShort,
            Set<String> unreserved,
            OptionalLong maxSize,
            List<String> mediaTypes)
            implements Protocol {
        public Tus {
            unreserved = Set.copyOf(unreserved);
            mediaTypes = List.copyOf(mediaTypes);
        }

        @Override
        public String toString() {
            StringBuilder words = new StringBuilder("tus");
            bytesPerSecond.ifPresent(pace ->
                    words.append(", read at ").append(ByteWords.of(pace)).append("/s at most"));
            if (whenShort == WhenShort.PACE) {
                words.append(", slowed down to what is left of ").append(String.join(", ", new TreeSet<>(unreserved)));
            }
            maxSize.ifPresent(most -> words.append(", up to ").append(ByteWords.of(most)));
            if (!mediaTypes.isEmpty()) {
                words.append(", only ").append(String.join(", ", mediaTypes));
            }
            return words.toString();
        }
    }

    /** What becomes of a body that is in flight when the bytes it brings do not fit a limit. */
    enum WhenShort {
        /** It is refused before it begins. */
        DENY,
        /** It is read as slowly as the limit regains what it takes. */
        PACE
    }

    /**
     * Playback by playlists and segments (RFC 8216, and its low-latency successor).
     *
     * @param whenFull what becomes of a session for which there is no slot
     * @param renditions how many of the lowest renditions a session beyond the limit gets, where it gets any
     */
    record Hls(WhenFull whenFull, int renditions) implements Protocol {
        @Override
        public String toString() {
            return switch (whenFull) {
                case REFUSE -> "hls";
                case DROP ->
                    "hls, beyond the limit as many sessions again with the "
                            + (renditions == 1 ? "lowest rendition" : renditions + " lowest renditions");
                case END_OLDEST -> "hls, beyond the limit the oldest session ends";
            };
        }
    }

    /** What becomes of a playback session for which there is no slot. */
    enum WhenFull {
        /** It is refused. */
        REFUSE,
        /** It gets the lowest renditions, as long as there are no more such sessions than slots; then it is refused. */
        DROP,
        /** It gets the slot of the session that began first. */
        END_OLDEST
    }

    /** Server-sent events (WHATWG HTML, section 9.2). */
    record EventStream() implements Protocol {
        @Override
        public String toString() {
            return "sse";
        }
    }

    /**
     * WebSocket (RFC 6455).
     *
     * @param messages how many frames one connection may bring; empty for any number
     * @param words the same as the policy says it
     */
    record WebSocket(Optional<TokenBucket> messages, String words) implements Protocol {
        @Override
        public String toString() {
            return messages.isEmpty() ? "websocket" : "websocket, messages " + words;
        }
    }
}
