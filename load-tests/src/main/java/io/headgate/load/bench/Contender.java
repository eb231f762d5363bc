package io.headgate.load.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * One gateway that is measured.
 *
 * @param name column in the results
 * @param port where it listens
 * @param chargedHeader field that shows on every answer that its limits were charged, empty if it has no limits
 */
record Contender(String name, int port, String chargedHeader) {

    /** The same for every process that is measured or takes part. */
    static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC");

    boolean limited() {
        return !chargedHeader.isEmpty();
    }

    /** Arguments for a main class of this module. */
    static List<String> onClassPath(List<String> jvmOptions, String mainClass, String... arguments) {
        List<String> all = new ArrayList<>(jvmOptions);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        all.addAll(List.of(arguments));
        return all;
    }
}
