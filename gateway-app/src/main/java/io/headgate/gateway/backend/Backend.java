package io.headgate.gateway.backend;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One backend: its name, and its instances.
 *
 * <p>Thread-safe.
 */
final class Backend {

    private final String name;
    /** So much of its own zone has to be fit for a gateway to send nothing elsewhere, in percent. */
    private static final long ZONE_IS_WELL = 70;

    private final List<Instance> instances;
    private final List<Instance> near;
    private final Balance balance;
    private final Optional<String> healthPath;
    private final RetryBudget retries = new RetryBudget();
    private final RecentDelays delays = new RecentDelays();

    /**
     * A backend.
     *
     * @param near those of its instances that are in this gateway's own zone
     * @param healthPath where its instances say how they are
     */
    Backend(String name, List<Instance> instances, List<Instance> near, Balance balance, Optional<String> healthPath) {
        this.name = name;
        this.instances = List.copyOf(instances);
        this.near = List.copyOf(near);
        this.balance = balance;
        this.healthPath = healthPath;
    }

    /** The name that the policy's breakers use. */
    String name() {
        return name;
    }

    List<Instance> instances() {
        return instances;
    }

    /** Where the instances say how they are; empty if nobody asks. */
    Optional<String> healthPath() {
        return healthPath;
    }

    /** How long its answers took to begin. */
    RecentDelays delays() {
        return delays;
    }

    /** How often requests may be sent again. */
    RetryBudget retries() {
        return retries;
    }

    /**
     * The instance that takes a request. One that has been tried is taken only if there is no other; one that is not fit
     * only if there is no other, or if less than half of all are fit: then most of the load would fall on a few, and those
     * would be next. Those of the own zone come first as long as most of them could take it.
     *
     * @param path of the request
     * @param tried instances that have had the request
     * @param permitted whether an instance's breaker lets requests through
     * @return empty if no instance is permitted
     */
    Optional<Instance> choose(String path, List<Instance> tried, Predicate<Instance> permitted) {
        if (instances.size() == 1) {
            // Its breaker refuses by itself, and counts that.
            return Optional.of(instances.get(0));
        }
        List<Instance> open = instances.stream().filter(permitted).toList();
        List<Instance> close = zoneIsWell(permitted) ? preferred(open, near::contains) : open;
        List<Instance> fresh = preferred(close, instance -> !tried.contains(instance));
        List<Instance> candidates = enoughAreFit() ? preferred(fresh, Instance::fit) : fresh;
        return switch (candidates.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(candidates.get(0));
            default -> Optional.of(balance.choose(candidates, path));
        };
    }

    private boolean zoneIsWell(Predicate<Instance> permitted) {
        long well = near.stream()
                .filter(instance -> instance.fit() && permitted.test(instance))
                .count();
        return !near.isEmpty() && 100 * well >= ZONE_IS_WELL * near.size();
    }

    private boolean enoughAreFit() {
        return 2 * instances.stream().filter(Instance::fit).count() >= instances.size();
    }

    /** Whether there is an instance that has not had the request and could take it. */
    boolean hasAnother(List<Instance> tried, Predicate<Instance> permitted) {
        return instances.stream()
                .anyMatch(instance -> !tried.contains(instance) && instance.fit() && permitted.test(instance));
    }

    /** Those that are preferred; all if none is. */
    private static List<Instance> preferred(List<Instance> among, Predicate<Instance> preference) {
        List<Instance> preferred = new ArrayList<>(among.size());
        for (Instance instance : among) {
            if (preference.test(instance)) {
                preferred.add(instance);
            }
        }
        return preferred.isEmpty() ? among : preferred;
    }

    /** Whether {@code uri} names one of the instances. */
    boolean owns(URI uri) {
        return instances.stream()
                .anyMatch(instance -> instance.uri().getAuthority().equalsIgnoreCase(uri.getAuthority()));
    }
}
