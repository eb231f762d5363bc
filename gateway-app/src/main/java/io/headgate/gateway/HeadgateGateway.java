package io.headgate.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import reactor.netty.ReactorNetty;

/** The gateway. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class HeadgateGateway {

    /** Starts the gateway with {@code --key=value} settings. */
    public static void main(String[] args) {
        // One event loop per core: its default of at least four makes small machines switch between threads.
        if (System.getProperty(ReactorNetty.IO_WORKER_COUNT) == null) {
            System.setProperty(
                    ReactorNetty.IO_WORKER_COUNT,
                    Integer.toString(Runtime.getRuntime().availableProcessors()));
        }
        SpringApplication.run(HeadgateGateway.class, args);
    }
}
