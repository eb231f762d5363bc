package io.headgate.gateway.backend;

import io.headgate.gateway.config.BackendSettings;
import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The backends there are.
 *
 * @param upload under {@code /files}
 * @param feed under {@code /api/feed}
 * @param playback under {@code /play}
 */
record Backends(Backend upload, Backend feed, Backend playback) {

    /** The backends of the settings; those of playback keep paths to instances unless they say otherwise. */
    static Backends of(HeadgateProperties.Backends settings) {
        return new Backends(
                backend("upload", settings.upload(), Balance.LEAST_LOADED),
                backend("feed", settings.feed(), Balance.LEAST_LOADED),
                backend("playback", settings.playback(), Balance.BY_PATH));
    }

    List<Backend> all() {
        return List.of(upload, feed, playback);
    }

    private static Backend backend(String name, BackendSettings settings, Balance usual) {
        String prefix = "headgate.backends." + name;
        List<URI> instances = settings.uri();
        if (instances.isEmpty()) {
            throw new SettingRejected(prefix + ".uri", null, "http://host:port");
        }
        instances.forEach(uri -> check(prefix, uri));
        if (instances.stream().map(URI::getAuthority).distinct().count() < instances.size()) {
            throw new SettingRejected(prefix + ".uri", instances, "each instance once");
        }
        String path = settings.healthPath();
        if (path != null && !path.startsWith("/")) {
            throw new SettingRejected(prefix + ".health-path", path, "a path, such as /health");
        }
        Balance balance = settings.balance() == null
                ? usual
                : Balance.valueOf(settings.balance().name());
        return new Backend(name, instances, balance, Optional.ofNullable(path));
    }

    private static void check(String prefix, URI uri) {
        boolean base = ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawPath().isEmpty()
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (!base) {
            throw new SettingRejected(prefix + ".uri", uri, "http://host:port, without a path");
        }
    }
}
