package io.headgate.gateway.ratelimit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import io.headgate.limiter.hazelcast.Discovery;
import io.headgate.limiter.hazelcast.HazelcastMember;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code member} command: keeps counters for gateways that are clients, and is no gateway itself. */
@Command(
        name = "member",
        description = "Keeps counters for gateways with headgate.store.hazelcast.mode=client, until it is stopped.",
        mixinStandardHelpOptions = true)
public final class MemberCommand implements Callable<Integer> {

    private static final int PROBLEMS = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--cluster", defaultValue = "headgate", description = "name of the cluster; ${DEFAULT-VALUE}")
    private String cluster;

    @Option(
            names = "--address",
            defaultValue = "127.0.0.1",
            description = "the address at which members and gateways reach this one; ${DEFAULT-VALUE}")
    private String address;

    @Option(names = "--port", defaultValue = "5701", description = "where it listens; ${DEFAULT-VALUE}")
    private int port;

    @Option(names = "--members", split = ",", description = "some of the members, as host:port")
    private @Nullable List<String> members;

    @Option(names = "--kubernetes-service", description = "headless service whose addresses are the members")
    private @Nullable String service;

    @Option(
            names = "--smallest-cluster",
            defaultValue = "1",
            description = "fewest members that decide together; ${DEFAULT-VALUE}")
    private int smallest;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    private MemberCommand() {}

    /** Runs until the process is stopped; ends it with 1 if the member cannot start, with 2 for wrong usage. */
    public static void main(String[] args) {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO);
        int code = new CommandLine(new MemberCommand())
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(args);
        System.exit(code);
    }

    @Override
    public Integer call() throws InterruptedException {
        HazelcastInstance member;
        try {
            Discovery discovery = service == null
                    ? new Discovery.Members(members == null ? List.of() : members)
                    : new Discovery.KubernetesService(service);
            member = new HazelcastMember(cluster, address, port, discovery, smallest).start();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (HazelcastException e) {
            spec.commandLine().getErr().println("port " + port + " cannot be used: " + e.getMessage());
            return PROBLEMS;
        }
        // It hands its counters over before it leaves.
        Runtime.getRuntime().addShutdownHook(new Thread(member::shutdown, "member-shutdown"));
        new CountDownLatch(1).await();
        return 0;
    }
}
