package io.headgate.load.bench;

/**
 * What a load generator should do: keep every connection busy with one request after the other.
 *
 * @param port where to send it, on loopback
 * @param path what to ask for
 * @param users requests carry the API keys of so many users in turn
 * @param connections how many
 * @param warmUpMillis time before counting begins
 * @param millis time that is counted
 * @param chargedHeader field that every answer must have, not negative, empty if none is expected
 */
record Load(int port, String path, int users, int connections, int warmUpMillis, int millis, String chargedHeader) {

    /** API key of a user by number. */
    static String key(int user) {
        return "bench-user-" + user;
    }
}
