package io.headgate.gateway;

import io.headgate.gateway.identity.KeysCommand;
import io.headgate.gateway.ratelimit.MemberCommand;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import reactor.netty.ReactorNetty;

/** The gateway. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class HeadgateGateway {

    /**
     * Starts the gateway with {@code --key=value} settings; or, with {@code keys} first, edits a file of API keys; or, with
     * {@code member} first, keeps counters for other gateways.
     */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("keys")) {
            KeysCommand.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        if (args.length > 0 && args[0].equals("member")) {
            MemberCommand.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        // One event loop per core: its default of at least four makes small machines switch between threads.
        if (System.getProperty(ReactorNetty.IO_WORKER_COUNT) == null) {
            System.setProperty(
                    ReactorNetty.IO_WORKER_COUNT,
                    Integer.toString(Runtime.getRuntime().availableProcessors()));
        }
        SpringApplication.run(HeadgateGateway.class, args);
    }
}
