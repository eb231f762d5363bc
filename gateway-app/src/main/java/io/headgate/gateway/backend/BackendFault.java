package io.headgate.gateway.backend;

/** The backend answered with a server error: its breaker counts that, and the client gets the answer as it is. */
final class BackendFault extends RuntimeException {

    private final boolean unavailable;

    /** @param unavailable whether the answer says that it is not about this request: 502, 503 or 504 */
    BackendFault(boolean unavailable) {
        super("The backend answered with a server error", null, false, false);
        this.unavailable = unavailable;
    }

    boolean unavailable() {
        return unavailable;
    }
}
