package io.headgate.load.bench;

import io.headgate.load.Arguments;
import java.nio.file.Path;
import java.util.List;

/**
 * How a comparison is run.
 *
 * @param lineup which gateways are compared
 * @param home folder that holds the checked-out project
 * @param rounds how often every contender is measured, in turn
 * @param seconds how long each time
 * @param warmUpSeconds load on each contender before the first round
 * @param connections requests in flight
 * @param users callers that take turns
 */
record BenchOptions(Lineup lineup, Path home, int rounds, int seconds, int warmUpSeconds, int connections, int users) {

    static BenchOptions parse(Lineup lineup, Path home, List<String> args) {
        Arguments arguments = Arguments.parse(args, "rounds", "seconds", "warm-up", "connections", "users");
        return new BenchOptions(
                lineup,
                home,
                arguments.number("rounds", 5, 1, 1_000),
                arguments.number("seconds", 8, 1, 3_600),
                arguments.number("warm-up", 20, 1, 3_600),
                arguments.number("connections", 64, 1, 10_000),
                arguments.number("users", 1_000, 1, 100_000));
    }

    /** Where logs and results go. */
    Path folder() {
        return home.resolve("load-tests/target/bench");
    }

    /** How to repeat it. */
    String command() {
        return "./headgate bench " + lineup.word() + " --rounds=" + rounds + " --seconds=" + seconds + " --warm-up="
                + warmUpSeconds + " --connections=" + connections + " --users=" + users;
    }
}
