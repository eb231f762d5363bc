package io.headgate.load.demo;

import io.headgate.load.Arguments;
import io.headgate.load.backend.BackendOptions;
import java.nio.file.Path;
import java.util.List;

/**
 * What runs where.
 *
 * @param home folder that holds the checked-out project
 * @param port the gateway's public port
 * @param managementPort the gateway's port for operators
 * @param backends the sample backends
 */
record DemoOptions(Path home, int port, int managementPort, BackendOptions backends) {

    static DemoOptions parse(Path home, List<String> args) {
        Arguments arguments = Arguments.parse(
                args, "server.port", "management.server.port", "upload.port", "feed.port", "playback.port");
        BackendOptions defaults = BackendOptions.DEFAULTS;
        return new DemoOptions(
                home,
                arguments.port("server.port", 8080),
                arguments.port("management.server.port", 8081),
                new BackendOptions(
                        defaults.host(),
                        arguments.port("upload.port", defaults.uploadPort()),
                        arguments.port("feed.port", defaults.feedPort()),
                        arguments.port("playback.port", defaults.playbackPort()),
                        defaults.uploadFolder()));
    }

    Path gatewayJar() {
        return home.resolve("gateway-app/target/gateway-app.jar");
    }

    Path policies() {
        return home.resolve("policy-config/policies");
    }

    Path apiKeys() {
        return home.resolve("gateway-app/src/main/demo/api-keys.yaml");
    }

    Path gatewayLog() {
        return home.resolve("load-tests/target/demo/gateway.log");
    }
}
