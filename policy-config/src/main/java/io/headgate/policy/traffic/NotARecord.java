package io.headgate.policy.traffic;

/** A line of an access log that cannot be used. Carries no stack trace, since a log may be full of them. */
public final class NotARecord extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message what is wrong with it */
    NotARecord(String message) {
        super(message, null, false, false);
    }
}
