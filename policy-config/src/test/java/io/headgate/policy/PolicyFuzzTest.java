package io.headgate.policy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that a fuzzer makes up, guided by what of the parser they reach; see CONTRIBUTING.md for how to run it. */
class PolicyFuzzTest {

    private final ParserBounds bounds = new ParserBounds();

    static Stream<byte[]> seeds() throws IOException {
        return PolicySeeds.all().stream();
    }

    @Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SAME_THREAD)
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "10m")
    void anyTextIsAPolicyOrHasProblems(byte[] text) {
        bounds.holdFor(text);
    }
}
