package io.headgate.policy.match;

import io.headgate.policy.net.Cidr;

/** Somebody whom a policy singles out. */
public sealed interface Target {

    /** One verified user. */
    record User(String id) implements Target {
        @Override
        public String toString() {
            return "user " + id;
        }
    }

    /** All users of one tenant. */
    record Tenant(String id) implements Target {
        @Override
        public String toString() {
            return "tenant " + id;
        }
    }

    /** Everyone who calls from a network. */
    record Network(Cidr cidr) implements Target {
        @Override
        public String toString() {
            return "ip " + cidr;
        }
    }
}
