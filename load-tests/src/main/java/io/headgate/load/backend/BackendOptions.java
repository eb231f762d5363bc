package io.headgate.load.backend;

import io.headgate.load.Arguments;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the sample backends listen and keep their files.
 *
 * @param host address to bind to
 * @param uploadPort 0 lets the system choose, here and below
 * @param feedPort see above
 * @param playbackPort see above
 * @param uploadFolder uploads lie here, and are found again by the next process
 */
public record BackendOptions(String host, int uploadPort, int feedPort, int playbackPort, Path uploadFolder) {

    /** The fixed ports on loopback, and a folder below the system's one for temporary files. */
    public static final BackendOptions DEFAULTS = new BackendOptions(
            "127.0.0.1", 9081, 9082, 9083, Path.of(System.getProperty("java.io.tmpdir"), "headgate-uploads"));

    /**
     * Reads {@code --host=}, {@code --upload.port=}, {@code --feed.port=}, {@code --playback.port=} and
     * {@code --upload.folder=}.
     *
     * @throws IllegalArgumentException if an option is unknown or its value is not what it should be
     */
    public static BackendOptions parse(List<String> args) {
        Arguments arguments =
                Arguments.parse(args, "host", "upload.port", "feed.port", "playback.port", "upload.folder");
        return new BackendOptions(
                arguments.text("host", DEFAULTS.host),
                arguments.port("upload.port", DEFAULTS.uploadPort),
                arguments.port("feed.port", DEFAULTS.feedPort),
                arguments.port("playback.port", DEFAULTS.playbackPort),
                Path.of(arguments.text("upload.folder", DEFAULTS.uploadFolder.toString())));
    }
}
