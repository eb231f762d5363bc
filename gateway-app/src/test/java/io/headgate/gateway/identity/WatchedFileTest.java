package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {

    /** SHA-256 of {@code secret}. */
    private static final String DIGEST = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    private static final String KEYS = "keys:\n  - { id: a, sha256: " + DIGEST + ", user: u1, plan: free }\n";

    @TempDir
    Path folder;

    @Test
    void aKeyThatIsTakenOutIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("keys.yaml"), KEYS);
        try (WatchedFile<ApiKeys> keys = watched(file)) {
            assertThat(keys.get().caller("secret")).isPresent();
            Files.writeString(file, "keys: []\n");
            keys.refresh();
            assertThat(keys.get().caller("secret")).isEmpty();
        }
    }

    @Test
    void aFileThatCannotBeUsedChangesNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("keys.yaml"), KEYS);
        try (WatchedFile<ApiKeys> keys = watched(file)) {
            Files.writeString(file, "keys: [");
            keys.refresh();
            assertThat(keys.get().caller("secret")).isPresent();
            Files.delete(file);
            keys.refresh();
            assertThat(keys.get().caller("secret")).isPresent();
        }
    }

    private static WatchedFile<ApiKeys> watched(Path file) {
        return new WatchedFile<>(file, path -> ApiKeyFile.read(path, InstantSource.system()), keys -> "keys");
    }
}
