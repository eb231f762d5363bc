package io.headgate.gateway.backend;

/** The request body broke off while it was being read: the client's doing, and no fault of the backend. */
final class ClientGone extends RuntimeException {

    ClientGone(Throwable cause) {
        super("The request body broke off", cause, false, false);
    }
}
