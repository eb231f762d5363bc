package io.headgate.load;

/** Somebody else listens where a server should; the message says what to do about it. */
public final class PortTaken extends Exception {

    private static final long serialVersionUID = 1;

    PortTaken(int port, String purpose, String advice) {
        super("port " + port + " is taken, and " + purpose + " needs it: stop what listens there, or " + advice);
    }
}
