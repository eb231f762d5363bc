package io.headgate.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Policies that somebody has sat on: pieces of good and bad ones, changed at random but always in the same way. The quick
 * half of {@link PolicyFuzzTest}.
 */
class PolicyMutationTest {

    private static final int MUTANTS = 3_000;
    private static final long SEED = 20_261_121;

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

    private final ParserBounds bounds = new ParserBounds();

    @Test
    void aMutantIsAPolicyOrHasProblems() throws IOException {
        List<byte[]> seeds = PolicySeeds.all();
        Random random = new Random(SEED);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = seeds.get(random.nextInt(seeds.size()));
            for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
                mutant = changed(mutant, seeds, random);
            }
            bounds.holdFor(mutant);
        }
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
        return changed.length <= PolicySeeds.LARGEST ? changed : Arrays.copyOf(changed, PolicySeeds.LARGEST);
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
