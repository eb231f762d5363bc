package io.headgate.gateway.backend;

/** The backend has as much to do as it can, and there is more important work than this: nothing was sent. */
final class Shed extends RuntimeException {

    Shed() {
        super("The backend is at capacity", null, false, false);
    }
}
