package io.headgate.gateway.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalanceTest {

    private final List<Instance> instances = IntStream.range(0, 5)
            .mapToObj(i -> new Instance(
                    "playback@10.0.0." + i,
                    URI.create("http://10.0.0." + i),
                    new Bulkhead("10.0.0." + i, System::nanoTime)))
            .toList();

    @Test
    void whenAnInstanceGoesOnlyItsOwnPathsMove() {
        List<Instance> fewer = instances.subList(0, 4);
        for (String path : paths().toList()) {
            Instance before = Balance.BY_PATH.choose(instances, path);
            if (before != instances.get(4)) {
                assertThat(Balance.BY_PATH.choose(fewer, path)).isSameAs(before);
            }
        }
    }

    @Test
    void pathsAreSpreadEvenly() {
        Map<Instance, Integer> paths = new HashMap<>();
        paths().forEach(path -> paths.merge(Balance.BY_PATH.choose(instances, path), 1, Integer::sum));
        assertThat(paths)
                .hasSize(5)
                .allSatisfy((instance, count) -> assertThat(count).isBetween(1_600, 2_400));
    }

    @Test
    void noInstanceHasMoreThanItsShareByAQuarterWhateverIsAskedFor() {
        for (int i = 0; i < 1_000; i++) {
            var unused = Balance.BY_PATH.choose(instances, "/play/the-same").begin();
        }
        assertThat(instances)
                .allSatisfy(instance -> assertThat(instance.underWay()).isLessThanOrEqualTo(250));
    }

    @Test
    void theLessLoadedOfTwoIsChosen() {
        for (int i = 0; i < 1_000; i++) {
            var unused = Balance.LEAST_LOADED.choose(instances, "/api/feed").begin();
        }
        assertThat(instances)
                .allSatisfy(instance -> assertThat(instance.underWay()).isBetween(190, 210));
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsOverCountsNoMore(Balance balance) {
        for (int i = 0; i < 100; i++) {
            Instance.Stay stay = balance.choose(instances, "/" + i).begin();
            stay.end();
            stay.end();
        }
        assertThat(instances).allMatch(instance -> instance.underWay() == 0);
    }

    private static Stream<String> paths() {
        return IntStream.range(0, 10_000).mapToObj(i -> "/play/show/720p/seg" + i + ".ts");
    }
}
