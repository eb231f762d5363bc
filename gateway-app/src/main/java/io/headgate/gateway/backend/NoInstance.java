package io.headgate.gateway.backend;

/** The breakers of all instances are open: nothing was sent. */
final class NoInstance extends RuntimeException {

    NoInstance() {
        super("The breakers of all instances are open", null, false, false);
    }
}
