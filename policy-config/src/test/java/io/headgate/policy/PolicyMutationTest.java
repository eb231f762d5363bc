package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Policies that somebody has sat on: pieces of good and bad ones, changed at random but always in the same way. Whatever
 * comes out is a policy or has problems; it never throws, never takes long and never takes much. {@code -Dfuzz.mutants} and
 * {@code -Dfuzz.seed} make more of them, and others.
 */
class PolicyMutationTest {

    private static final int MUTANTS = Integer.getInteger("fuzz.mutants", 3_000);
    private static final long SEED = Long.getLong("fuzz.seed", 20_261_121);
    private static final int LARGEST = 1 << 14;
    private static final long MOST_NANOS = 100_000_000;
    private static final long MOST_BYTES = 16 << 20;

    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            ": ",
            "- ",
            "&a ",
            "*a",
            "!!str ",
            "|",
            ">",
            "'",
            "\"",
            "#",
            "\n",
            "\t",
            "\u0000",
            "\ufeff",
            "---\n",
            "...\n",
            "%YAML 1.2\n",
            "? ",
            "<<: ",
            "~",
            "null",
            "0",
            "-1",
            "9".repeat(30),
            "1e9",
            "60/min",
            "unlimited",
            "limits:\n",
            "extends: pro\n",
            "per: ",
            "/**",
            "{id}",
            "\\u12",
            "\\U00110000",
            "a".repeat(600),
            "[".repeat(40));

    private final PolicyLoader loader = new PolicyLoader(InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z")));
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private record Cost(long nanos, long bytes) {}

    private Cost cost(String text) {
        long thread = Thread.currentThread().getId();
        long bytes = threads.getThreadAllocatedBytes(thread);
        // Time on the processor, which a busy machine does not stretch.
        long nanos = threads.getCurrentThreadCpuTime();
        LoadResult result = loader.parse("mutant.yaml", text);
        Cost cost =
                new Cost(threads.getCurrentThreadCpuTime() - nanos, threads.getThreadAllocatedBytes(thread) - bytes);
        if (result instanceof LoadResult.Rejected rejected) {
            assertThat(rejected.problems()).isNotEmpty();
            rejected.problems().forEach(problem -> assertThat(problem.render()).isNotEmpty());
        }
        return cost;
    }

    @Test
    void aMutantIsAPolicyOrHasProblems() throws IOException {
        List<byte[]> seeds = seeds();
        seeds.forEach(seed -> cost(new String(seed, StandardCharsets.UTF_8)));
        Random random = new Random(SEED);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = seeds.get(random.nextInt(seeds.size()));
            for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
                mutant = changed(mutant, seeds, random);
            }
            String text = new String(mutant, StandardCharsets.UTF_8);
            Cost cost = cost(text);
            for (int again = 0; again < 4 && cost.nanos() > MOST_NANOS; again++) {
                cost = cost(text);
            }
            assertThat(cost.nanos()).describedAs(text).isLessThanOrEqualTo(MOST_NANOS);
            assertThat(cost.bytes()).describedAs(text).isLessThanOrEqualTo(MOST_BYTES);
        }
    }

    private static List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(Files.readAllBytes(Path.of("policies/public-api.yaml")));
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

    private static byte[] changed(byte[] text, List<byte[]> seeds, Random random) {
        int from = random.nextInt(text.length + 1);
        int to = Math.min(text.length, from + random.nextInt(64));
        byte[] piece = switch (random.nextInt(5)) {
            case 0 -> new byte[0];
            case 1 -> TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
            case 2 -> piece(seeds.get(random.nextInt(seeds.size())), 512, random);
            case 3 -> piece(text, 4_096, random);
            default -> noise(random);
        };
        byte[] changed = Arrays.copyOf(text, from + piece.length + text.length - to);
        System.arraycopy(piece, 0, changed, from, piece.length);
        System.arraycopy(text, to, changed, from + piece.length, text.length - to);
        return changed.length <= LARGEST ? changed : Arrays.copyOf(changed, LARGEST);
    }

    private static byte[] piece(byte[] text, int longest, Random random) {
        int from = random.nextInt(text.length + 1);
        return Arrays.copyOfRange(text, from, Math.min(text.length, from + random.nextInt(longest)));
    }

    private static byte[] noise(Random random) {
        byte[] noise = new byte[1 + random.nextInt(4)];
        random.nextBytes(noise);
        return noise;
    }
}
