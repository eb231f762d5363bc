package io.headgate.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Policies to begin with when looking for texts that the parser cannot bear: good ones, and the bad ones named by their defect. */
final class PolicySeeds {

    static final int LARGEST = 1 << 14;

    private PolicySeeds() {}

    static List<byte[]> all() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(Files.readAllBytes(Path.of("policies/public-api.yaml")));
        seeds.add(Files.readAllBytes(Path.of("src/test/resources/io/headgate/policy/example/public-api.yaml")));
        try (Stream<Path> bad = Files.list(Path.of("src/test/resources/io/headgate/policy/bad"))) {
            for (Path file : bad.filter(path -> path.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                byte[] seed = Files.readAllBytes(file);
                if (seed.length <= LARGEST) {
                    seeds.add(seed);
                }
            }
        }
        return seeds;
    }
}
