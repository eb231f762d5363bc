package io.headgate.gateway.backend;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One backend: its name, and its instances, which are used in turn.
 *
 * <p>Thread-safe.
 */
final class Backend {

    private final String name;
    private final List<URI> instances;
    private final AtomicInteger next = new AtomicInteger();

    Backend(String name, List<URI> instances) {
        this.name = name;
        this.instances = List.copyOf(instances);
    }

    /** The name that the policy's breakers use. */
    String name() {
        return name;
    }

    /** The instance whose turn it is. */
    URI nextInstance() {
        return instances.get(Math.floorMod(next.getAndIncrement(), instances.size()));
    }

    /** Whether {@code uri} names one of the instances. */
    boolean owns(URI uri) {
        return instances.stream().anyMatch(instance -> instance.getAuthority().equalsIgnoreCase(uri.getAuthority()));
    }
}
