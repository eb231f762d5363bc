package io.headgate.gateway.config;

import org.jspecify.annotations.Nullable;

/** A setting cannot be used, and so the gateway does not start. */
public final class SettingRejected extends RuntimeException {

    private final String expected;

    /**
     * Names the setting, what was found and what is wanted instead.
     *
     * @param property full name of the property
     * @param found its value or what is wrong with it; {@code null} if it is not set
     * @param expected what would be accepted
     */
    public SettingRejected(String property, @Nullable Object found, String expected) {
        super(property + ": " + (found == null ? "not set" : found));
        this.expected = expected;
    }

    /** What would be accepted. */
    public String expected() {
        return expected;
    }
}
