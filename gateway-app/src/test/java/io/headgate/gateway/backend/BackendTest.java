package io.headgate.gateway.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackendTest {

    private final List<Instance> instances = IntStream.range(0, 6)
            .mapToObj(i -> new Instance(
                    "feed@10.0.0." + i,
                    URI.create("http://10.0.0." + i),
                    new Bulkhead("10.0.0." + i, System::nanoTime)))
            .toList();
    private final List<Instance> near = instances.subList(0, 4);

    @Test
    void instancesOfTheOwnZoneTakeTheRequestsWhileMostOfThemAreWell() {
        assertThat(chosen(near, List.of())).containsExactlyInAnyOrderElementsOf(near);
        near.get(0).answersChecks(false);
        assertThat(chosen(near, List.of())).containsExactlyInAnyOrderElementsOf(near.subList(1, 4));
    }

    @Test
    void theyGoToAllZonesOnceLessThanSeventyPercentOfTheOwnAreWell() {
        near.get(0).answersChecks(false);
        near.get(1).answersChecks(false);
        assertThat(chosen(near, List.of())).containsExactlyInAnyOrderElementsOf(instances.subList(2, 6));
        near.get(1).answersChecks(true);
        assertThat(chosen(near, List.of())).containsExactlyInAnyOrderElementsOf(near.subList(1, 4));
    }

    @Test
    void anOwnZoneWhoseBreakersAreOpenIsNotWell() {
        Backend backend = new Backend("feed", instances, near, Balance.LEAST_LOADED, Optional.empty());
        assertThat(backend.choose("/", List.of(), instance -> !near.contains(instance)))
                .hasValueSatisfying(instance -> assertThat(near).doesNotContain(instance));
    }

    @Test
    void whatIsSentAgainStaysInTheZoneAsLongAsThereIsAnother() {
        assertThat(chosen(near, near.subList(0, 1))).containsExactlyInAnyOrderElementsOf(near.subList(1, 4));
    }

    @Test
    void withoutZonesAllAreAlike() {
        assertThat(chosen(List.of(), List.of())).containsExactlyInAnyOrderElementsOf(instances);
    }

    /** Two hundred draws leave out one of six with a probability below 10^-15. */
    private Set<Instance> chosen(List<Instance> own, List<Instance> tried) {
        Backend backend = new Backend("feed", instances, own, Balance.LEAST_LOADED, Optional.empty());
        return IntStream.range(0, 200)
                .mapToObj(i -> backend.choose("/", tried, instance -> true).orElseThrow())
                .collect(Collectors.toSet());
    }
}
