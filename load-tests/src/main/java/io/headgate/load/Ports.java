package io.headgate.load;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports of this machine. What is said of one holds for a moment only: others may take it. */
public final class Ports {

    /** Below the ports that systems give to connections, which come and go by the thousand. */
    private static final int FROM = 15_000;

    private static final int TO = 32_000;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /** A port on which nobody listens, another one each time. */
    public static int anyFree() throws IOException {
        while (GIVEN.size() < TO - FROM) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IOException("no port is free between " + FROM + " and " + TO);
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Checks that a server could listen on a port, by listening on it for a moment.
     *
     * @param host address to listen on
     * @param port the port; 0 is always free
     * @param purpose what should listen there, such as {@code the feed backend}
     * @param advice how to use another port
     * @throws PortTaken if something listens there
     * @throws IOException if nothing can listen there, for lack of the address or of the right to
     */
    public static void requireFree(String host, int port, String purpose, String advice) throws PortTaken, IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true); // as servers do: a connection that lingers from the last run is no hindrance
            probe.bind(new InetSocketAddress(InetAddress.getAllByName(host)[0], port));
        } catch (BindException e) {
            if (String.valueOf(e.getMessage()).contains("in use")) {
                throw new PortTaken(port, purpose, advice);
            }
            throw new IOException(purpose + " cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }
}
