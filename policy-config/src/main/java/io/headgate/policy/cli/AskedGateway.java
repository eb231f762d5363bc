package io.headgate.policy.cli;

import io.headgate.policy.live.LiveGateway;
import java.net.URI;
import picocli.CommandLine.Option;

/** The {@code --live} of the commands that ask a running gateway, whether it is given or not. */
final class AskedGateway {

    @Option(
            names = "--live",
            arity = "0..1",
            paramLabel = "<address>",
            defaultValue = LiveOption.USUAL,
            fallbackValue = LiveOption.USUAL,
            converter = LiveOption.class,
            description = "management address of the gateway; " + LiveOption.USUAL + " if none is given")
    private URI address;

    @SuppressWarnings("NullAway.Init") // picocli sets the field
    AskedGateway() {}

    LiveGateway gateway() {
        return new LiveGateway(address);
    }
}
