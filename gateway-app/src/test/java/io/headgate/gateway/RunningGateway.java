package io.headgate.gateway;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/** A gateway in this JVM, on ports of its own. */
final class RunningGateway implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private RunningGateway(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static RunningGateway start(List<String> settings) {
        List<String> arguments = new ArrayList<>(settings);
        if (settings.stream().noneMatch(setting -> setting.startsWith("--headgate.drain."))) {
            arguments.add("--headgate.drain.notice=0s");
        }
        if (settings.stream().noneMatch(setting -> setting.startsWith("--headgate.warm-up"))) {
            arguments.add("--headgate.warm-up=0");
        }
        arguments.add("--server.port=0");
        arguments.add("--management.server.port=0");
        return new RunningGateway(new SpringApplicationBuilder(HeadgateGateway.class)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean(ReactorResourceFactory.class, RunningGateway::ownEventLoops))
                .run(arguments.toArray(String[]::new)));
    }

    /** A gateway that stops takes its event loops with it; with those of the JVM it would stop all others here too. */
    private static ReactorResourceFactory ownEventLoops() {
        ReactorResourceFactory loops = new ReactorResourceFactory();
        loops.setUseGlobalResources(false);
        return loops;
    }

    int port() {
        return port("local.server.port");
    }

    private int port(String property) {
        return context.getEnvironment().getRequiredProperty(property, Integer.class);
    }

    URI at(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    URI managed(String path) {
        return URI.create("http://127.0.0.1:" + port("local.management.port") + path);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }
}
