package io.headgate.load.bench;

import java.util.List;

/**
 * What a load generator should do: keep every connection busy with one request after the other.
 *
 * @param port where to send it, on loopback
 * @param paths what to ask for; each user asks for one of them
 * @param callers a header field each, as in {@code X-API-Key: …}, that requests carry in turn; empty for none
 * @param connections how many
 * @param warmUpMillis time before counting begins
 * @param millis time that is counted
 * @param chargedHeader field that every answer must have, not negative, empty if none is expected
 */
record Load(
        int port,
        List<String> paths,
        List<String> callers,
        int connections,
        int warmUpMillis,
        int millis,
        String chargedHeader) {}
