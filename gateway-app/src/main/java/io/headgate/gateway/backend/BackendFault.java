package io.headgate.gateway.backend;

/** The backend answered with a server error: its breaker counts that, and the client gets the answer as it is. */
final class BackendFault extends RuntimeException {

    BackendFault() {
        super("The backend answered with a server error", null, false, false);
    }
}
