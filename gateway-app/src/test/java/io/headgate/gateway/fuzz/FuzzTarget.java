package io.headgate.gateway.fuzz;

import io.headgate.gateway.edge.CanonicalPathFuzz;
import io.headgate.gateway.identity.ClientAddressFuzz;
import io.headgate.gateway.identity.TokenFuzz;
import io.headgate.gateway.netty.RequestFramingFuzz;
import io.headgate.gateway.ratelimit.KeyFuzz;
import java.nio.file.Path;
import java.util.Locale;

/** What is fuzzed. Each has its seeds in a folder of its name; what fuzzing finds is put there too. */
enum FuzzTarget {
    PATHS(CanonicalPathFuzz.class),
    ADDRESSES(ClientAddressFuzz.class),
    KEYS(KeyFuzz.class),
    TOKENS(TokenFuzz.class),
    FRAMING(RequestFramingFuzz.class);

    private final Class<?> type;

    FuzzTarget(Class<?> type) {
        this.type = type;
    }

    void take(byte[] input) throws Exception {
        switch (this) {
            case PATHS -> CanonicalPathFuzz.fuzzerTestOneInput(input);
            case ADDRESSES -> ClientAddressFuzz.fuzzerTestOneInput(input);
            case KEYS -> KeyFuzz.fuzzerTestOneInput(input);
            case TOKENS -> TokenFuzz.fuzzerTestOneInput(input);
            case FRAMING -> RequestFramingFuzz.fuzzerTestOneInput(input);
        }
    }

    String className() {
        return type.getName();
    }

    Path seeds() {
        return Path.of("src/test/resources/fuzz", toString());
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
