package io.headgate.load.backend;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one HLS stream (RFC 8216), held in memory: the master playlist and all that it refers to, directly or
 * through another playlist, and nothing else.
 *
 * <p>Immutable.
 */
final class HlsStream {

    /**
     * One file.
     *
     * @param content all of it, read-only
     * @param type its media type
     * @param tag its entity tag
     */
    record MediaFile(ByteBuffer content, String type, EntityTag tag) {}

    /** A reference in a playlist: a line that is not a tag, or a tag's URI attribute. */
    private static final Pattern REFERENCE =
            Pattern.compile("^([^#\\s]\\S*)\\s*$|^#.*\\bURI=\"([^\"]+)\"", Pattern.MULTILINE);

    private static final Map<String, String> TYPES = Map.of(
            "m3u8", "application/vnd.apple.mpegurl",
            "m4s", "video/iso.segment",
            "mp4", "video/mp4");

    private final Map<String, MediaFile> files = new LinkedHashMap<>();

    /**
     * Reads a stream from the class path.
     *
     * @param folder where its master playlist lies, absolute, with a slash at its end
     */
    HlsStream(String folder) throws IOException {
        read(folder, "master.m3u8");
    }

    Optional<MediaFile> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    private void read(String folder, String path) throws IOException {
        if (files.containsKey(path)) {
            return;
        }
        ByteBuffer content = resource(folder + path);
        String suffix = path.substring(path.lastIndexOf('.') + 1);
        String type = Optional.ofNullable(TYPES.get(suffix))
                .orElseThrow(() -> new IOException(path + ": expected one of " + TYPES.keySet()));
        files.put(path, new MediaFile(content, type, EntityTag.of(content)));
        if (suffix.equals("m3u8")) {
            String directory = path.substring(0, path.lastIndexOf('/') + 1);
            Matcher matcher = REFERENCE.matcher(StandardCharsets.UTF_8.decode(content.duplicate()));
            while (matcher.find()) {
                read(folder, directory + (matcher.group(1) == null ? matcher.group(2) : matcher.group(1)));
            }
        }
    }

    private static ByteBuffer resource(String name) throws IOException {
        try (InputStream stream = HlsStream.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException(name + ": not on the class path");
            }
            return ByteBuffer.wrap(stream.readAllBytes()).asReadOnlyBuffer();
        }
    }
}
