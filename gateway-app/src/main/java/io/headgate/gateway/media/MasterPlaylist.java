package io.headgate.gateway.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A multivariant playlist (RFC 8216, section 4.3.4: "master playlist"), as text. Only what is left out changes; every line
 * that stays, stays as it is.
 */
final class MasterPlaylist {

    private static final String VARIANT = "#EXT-X-STREAM-INF:";
    private static final String TRICK_PLAY = "#EXT-X-I-FRAME-STREAM-INF:";

    /** An attribute's name begins the list or follows a comma; quoted values may hold commas, and are skipped. */
    private static final Pattern ATTRIBUTE = Pattern.compile("([A-Z0-9-]+)=(\"[^\"]*\"|[^,]*)(?:,|$)");

    private MasterPlaylist() {}

    /**
     * The playlist without its higher renditions: those of the {@code lowest} lowest bandwidths are left, several of one
     * bandwidth together, and those that do not say theirs. Empty if the text is no such playlist, or nothing is left out.
     */
    static Optional<String> withLowest(String playlist, int lowest) {
        String[] lines = playlist.split("(?<=\n)", -1);
        TreeSet<Long> bandwidths = new TreeSet<>();
        for (String line : lines) {
            if (line.startsWith(VARIANT)) {
                bandwidth(line, VARIANT).ifPresent(bandwidths::add);
            }
        }
        if (!playlist.stripLeading().startsWith("#EXTM3U") || bandwidths.size() <= lowest) {
            return Optional.empty();
        }
        long most = List.copyOf(bandwidths).get(lowest - 1);
        List<String> kept = new ArrayList<>(lines.length);
        boolean leavingOut = false;
        for (String line : lines) {
            if (line.startsWith(VARIANT)) {
                leavingOut = isAbove(most, line, VARIANT);
                if (!leavingOut) {
                    kept.add(line);
                }
            } else if (leavingOut && isAddress(line)) {
                leavingOut = false;
            } else if (!line.startsWith(TRICK_PLAY) || !isAbove(most, line, TRICK_PLAY)) {
                kept.add(line);
            }
        }
        return Optional.of(String.join("", kept));
    }

    private static boolean isAddress(String line) {
        return !line.startsWith("#") && !line.isBlank();
    }

    private static boolean isAbove(long most, String line, String tag) {
        return bandwidth(line, tag).filter(bandwidth -> bandwidth > most).isPresent();
    }

    private static Optional<Long> bandwidth(String line, String tag) {
        Matcher attribute = ATTRIBUTE.matcher(line.substring(tag.length()).strip());
        while (attribute.find()) {
            if (attribute.group(1).equals("BANDWIDTH")) {
                String value = attribute.group(2).strip();
                return value.matches("\\d{1,18}") ? Optional.of(Long.parseLong(value)) : Optional.empty();
            }
        }
        return Optional.empty();
    }
}
