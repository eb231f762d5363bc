package io.headgate.gateway.backend;

import io.headgate.gateway.config.BackendSettings;
import io.headgate.gateway.config.HeadgateProperties;
import io.headgate.gateway.config.SettingRejected;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
        Map<String, Bulkhead> servers = new HashMap<>();
        String zone = settings.zone();
        return new Backends(
                backend("upload", settings.upload(), zone, Balance.LEAST_LOADED, servers),
                backend("feed", settings.feed(), zone, Balance.LEAST_LOADED, servers),
                backend("playback", settings.playback(), zone, Balance.BY_PATH, servers));
    }

    List<Backend> all() {
        return List.of(upload, feed, playback);
    }

    /**
     * A backend.
     *
     * @param zone the one that this gateway is in
     * @param servers the bulkhead of each, by its address: backends at the same address share what it can do
     */
    private static Backend backend(
            String name,
            BackendSettings settings,
            @Nullable String zone,
            Balance usual,
            Map<String, Bulkhead> servers) {
        String prefix = "headgate.backends." + name;
        List<URI> instances = settings.uri();
        if (instances.isEmpty()) {
            throw new SettingRejected(prefix + ".uri", null, "http://host:port");
        }
        instances.forEach(uri -> check(prefix, uri));
        if (instances.stream().map(URI::getAuthority).distinct().count() < instances.size()) {
            throw new SettingRejected(prefix + ".uri", instances, "each instance once");
        }
        List<String> zones = settings.zones();
        if (!zones.isEmpty() && zones.size() != instances.size()) {
            throw new SettingRejected(prefix + ".zones", zones, "one for each of the " + instances.size() + " of .uri");
        }
        String path = settings.healthPath();
        if (path != null && !path.startsWith("/")) {
            throw new SettingRejected(prefix + ".health-path", path, "a path, such as /health");
        }
        Balance balance = settings.balance() == null
                ? usual
                : Balance.valueOf(settings.balance().name());
        boolean alone = instances.size() == 1;
        List<Instance> named = instances.stream()
                .map(uri -> new Instance(
                        alone ? name : name + "@" + uri.getAuthority(),
                        uri,
                        servers.computeIfAbsent(
                                uri.getAuthority(), address -> new Bulkhead(address, System::nanoTime))))
                .toList();
        List<Instance> near = IntStream.range(0, zones.size())
                .filter(i -> zones.get(i).equals(zone))
                .mapToObj(named::get)
                .toList();
        return new Backend(name, named, near, balance, Optional.ofNullable(path));
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
