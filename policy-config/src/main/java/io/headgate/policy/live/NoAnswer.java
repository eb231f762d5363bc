package io.headgate.policy.live;

/** A gateway did not tell what it was asked. */
public final class NoAnswer extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message which gateway, and why */
    NoAnswer(String message) {
        super(message);
    }
}
