package io.headgate.policy.reload;

import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the text of the last policy that was in force in a folder of its own, for a start on files that cannot be used.
 * Each policy has a folder named by its hash, and one file names the folder that counts: it is replaced as a whole, so
 * that whatever moment a process ends in, a whole policy is there.
 *
 * <p>Trouble with the disk is logged, and costs nothing but the backup.
 */
final class PolicyBackup {

    private static final Logger log = LoggerFactory.getLogger(PolicyBackup.class);

    private static final String CURRENT = "current";

    private final Path folder;

    PolicyBackup(Path folder) {
        this.folder = folder;
    }

    /** Keeps a policy, instead of the one before. */
    void keep(PolicyText text) {
        try {
            Path place = Files.createDirectories(folder.resolve(text.hash()));
            for (int i = 0; i < text.files().size(); i++) {
                SourceFile file = text.files().get(i);
                // Numbered, so that they are read back in the same order whatever folders they came from.
                Path copy = place.resolve(
                        String.format("%03d-%s", i, Path.of(file.name()).getFileName()));
                Files.writeString(copy.resolveSibling(yaml(copy)), file.text());
            }
            Path next = Files.writeString(folder.resolve(CURRENT + ".next"), text.hash());
            Files.move(
                    next, folder.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            removeAllBut(text.hash());
        } catch (IOException e) {
            log.warn("The policy in force could not be kept in {}: {}", folder, e.toString());
        }
    }

    /** Whatever the file is called, a folder's policy files are those that end so. */
    private static String yaml(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".yaml") || name.endsWith(".yml") ? name : name + ".yaml";
    }

    private void removeAllBut(String hash) throws IOException {
        List<Path> old;
        try (Stream<Path> entries = Files.list(folder)) {
            old = entries.filter(Files::isDirectory)
                    .filter(entry -> !entry.endsWith(hash))
                    .toList();
        }
        for (Path policy : old) {
            try (Stream<Path> files = Files.list(policy)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(policy);
        }
    }

    /** The policy that was kept last; empty if there is none. */
    Optional<PolicyText> read() {
        try {
            Path current = folder.resolve(CURRENT);
            if (!Files.exists(current)) {
                return Optional.empty();
            }
            String hash = Files.readString(current, StandardCharsets.UTF_8).strip();
            return Optional.of(PolicyText.read(folder.resolve(hash)));
        } catch (IOException e) {
            log.warn("The policy that was kept in {} cannot be read: {}", folder, e.toString());
            return Optional.empty();
        }
    }
}
