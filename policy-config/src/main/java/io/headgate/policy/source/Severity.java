package io.headgate.policy.source;

/** Whether a problem keeps a policy from being used. */
public enum Severity {
    /** The policy is refused. */
    ERROR,
    /** The policy is used; it may not do what its author meant. */
    WARNING
}
