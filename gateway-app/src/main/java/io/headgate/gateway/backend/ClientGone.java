package io.headgate.gateway.backend;

/** The client broke off while its request was being read: no fault of the backend, and nobody is left to answer. */
final class ClientGone extends RuntimeException {

    ClientGone(Throwable cause) {
        super("The client broke off", cause, false, false);
    }
}
