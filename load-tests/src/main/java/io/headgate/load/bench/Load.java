package io.headgate.load.bench;

import java.util.List;

/**
 * What a load generator should do: keep every connection busy with one request after the other.
 *
 * @param port where to send it, on loopback
 * @param paths what to ask for; each user asks for one of them
 * @param users requests carry the API keys of so many users in turn
 * @param connections how many
 * @param warmUpMillis time before counting begins
 * @param millis time that is counted
 * @param chargedHeader field that every answer must have, not negative, empty if none is expected
 */
record Load(
        int port, List<String> paths, int users, int connections, int warmUpMillis, int millis, String chargedHeader) {

    /** API key of a user by number. */
    static String key(int user) {
        return "bench-user-" + user;
    }
}
