package io.headgate.limiter.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Machines of a network of their own, as far as the network is concerned: namespaces of the kernel, joined by a bridge,
 * whose cables can be pulled. Nobody is told of a pulled cable: what is sent is lost. Making them takes the rights of root.
 */
public final class NetworkNamespaces implements AutoCloseable {

    private static final String SUBNET = "10.213.77.";

    private final String name = "hg" + ProcessHandle.current().pid();
    private final int machines;

    private NetworkNamespaces(int machines) {
        this.machines = machines;
    }

    /** Whether this process may make them. */
    public static boolean canBeMade() {
        String probe = "hg-probe" + ProcessHandle.current().pid();
        try {
            ip("netns", "add", probe);
            ip("netns", "del", probe);
            return true;
        } catch (IOException forbidden) {
            return false;
        }
    }

    /** Makes so many of them. */
    public static NetworkNamespaces make(int machines) throws IOException {
        NetworkNamespaces network = new NetworkNamespaces(machines);
        try {
            network.make();
            return network;
        } catch (IOException e) {
            network.close();
            throw e;
        }
    }

    private void make() throws IOException {
        ip("netns", "add", hub());
        inHub("link", "add", "bridge", "type", "bridge");
        inHub("link", "set", "bridge", "up");
        for (int i = 0; i < machines; i++) {
            ip("netns", "add", machine(i));
            inHub("link", "add", cable(i), "type", "veth", "peer", "name", "eth0", "netns", machine(i));
            inHub("link", "set", cable(i), "master", "bridge");
            inHub("link", "set", cable(i), "up");
            ip("-n", machine(i), "link", "set", "lo", "up");
            ip("-n", machine(i), "address", "add", address(i) + "/24", "dev", "eth0");
            ip("-n", machine(i), "link", "set", "eth0", "up");
        }
    }

    /** The address of a machine. */
    public String address(int machine) {
        return SUBNET + (machine + 1);
    }

    /** The addresses of all. */
    public List<String> addresses() {
        return IntStream.range(0, machines).mapToObj(this::address).toList();
    }

    /** What a command line begins with to be run on a machine. */
    public List<String> launcher(int machine) {
        return List.of("ip", "netns", "exec", machine(machine));
    }

    /** From now on nothing comes to that machine or from it. */
    public void pullCable(int machine) throws IOException {
        inHub("link", "set", cable(machine), "nomaster");
    }

    /** Puts the cable back. */
    public void plugCable(int machine) throws IOException {
        inHub("link", "set", cable(machine), "master", "bridge");
    }

    private String hub() {
        return name + "-hub";
    }

    private String machine(int i) {
        return name + "-" + i;
    }

    private static String cable(int i) {
        return "cable" + i;
    }

    private void inHub(String... words) throws IOException {
        String[] all = new String[words.length + 2];
        all[0] = "-n";
        all[1] = hub();
        System.arraycopy(words, 0, all, 2, words.length);
        ip(all);
    }

    private static void ip(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = "ip";
        System.arraycopy(words, 0, command, 1, words.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (int i = 0; i < machines; i++) {
            ip("netns", "del", machine(i));
        }
        ip("netns", "del", hub());
    }
}
