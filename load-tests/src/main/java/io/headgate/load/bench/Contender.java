package io.headgate.load.bench;

import io.headgate.load.ChildProcess;
import java.util.ArrayList;
import java.util.List;

/**
 * One gateway that is measured.
 *
 * @param name column in the results
 * @param process where it runs
 * @param port where it listens
 * @param callers header fields by which its callers say who they are, see {@link Load}
 * @param chargedHeader field that shows on every answer that its limits were charged, empty if it has no limits
 * @param scriptsPerRequest Redis scripts that charging the limits takes at least, 0 if there are none
 */
record Contender(
        String name,
        ChildProcess process,
        int port,
        List<String> callers,
        String chargedHeader,
        double scriptsPerRequest) {

    /** The same for every process that is measured or takes part. */
    static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC");

    /** What a gateway without limits may do on the side, such as counting its peers. */
    private static final double NEXT_TO_NOTHING = 0.1;

    /** Whether so many scripts per request are what its limits explain. Where counting began and ended blurs it a bit. */
    boolean explains(double scripts) {
        return scriptsPerRequest == 0 ? scripts < NEXT_TO_NOTHING : scripts > 0.9 * scriptsPerRequest;
    }

    /** Arguments for a main class of this module. */
    static List<String> onClassPath(List<String> jvmOptions, String mainClass, String... arguments) {
        List<String> all = new ArrayList<>(jvmOptions);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        all.addAll(List.of(arguments));
        return all;
    }
}
