package io.headgate.gateway.identity;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One edit of a file of API keys. Everything in it stays as it is, comments too, but for the key that comes or goes. The
 * result takes the place of the file in one step, once it has been read back without a problem: gateways that look at it
 * meanwhile see the one or the other.
 */
final class ApiKeyEdit {

    private static final String NEW_FILE = "# API keys, by their SHA-256 digests.\nkeys:\n";

    private final Path file;
    private final InstantSource clock;
    private final boolean there;
    private final String text;

    private ApiKeyEdit(Path file, InstantSource clock, boolean there, String text) {
        this.file = file;
        this.clock = clock;
        this.there = there;
        this.text = text;
    }

    static ApiKeyEdit of(Path file, InstantSource clock) {
        try {
            String text = Files.readString(file);
            ApiKeyFile.read(file, clock);
            return new ApiKeyEdit(file, clock, true, text);
        } catch (NoSuchFileException e) {
            return new ApiKeyEdit(file, clock, false, NEW_FILE);
        } catch (IOException e) {
            throw problem(file, "cannot be read: " + e.getClass().getSimpleName());
        }
    }

    /** @param entry the key, as one mapping */
    void add(String entry) {
        List<Integer> starts = there ? ApiKeyFile.lines(file) : List.of();
        if (starts.isEmpty()) {
            String opened = text.replaceFirst("(?m)^keys:\\s*\\[\\s*]", "keys:");
            write(ended(opened) + "  - " + entry + "\n");
            return;
        }
        String first = line(starts.get(0));
        int dash = first.indexOf('-');
        if (dash < 0 || !first.substring(0, dash).isBlank()) {
            throw notALine(starts.get(0));
        }
        write(ended(text) + " ".repeat(dash) + "- " + entry + "\n");
    }

    void remove(String id) {
        if (!there) {
            throw problem(file, "there is no such file");
        }
        List<ApiKeys.Entry> entries = ApiKeyFile.entries(file);
        List<Integer> starts = ApiKeyFile.lines(file);
        int index = entries.stream().map(ApiKeys.Entry::id).toList().indexOf(id);
        if (index < 0) {
            throw problem(file, "there is no key " + id);
        }
        int start = starts.get(index);
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (!lines.get(start - 1).strip().startsWith("-")) {
            throw notALine(start);
        }
        int end = index + 1 < starts.size() ? starts.get(index + 1) - 1 : lines.size();
        // Comments before the next key are the next key's.
        while (end > start
                && (lines.get(end - 1).isBlank() || lines.get(end - 1).strip().startsWith("#"))) {
            end--;
        }
        lines.subList(start - 1, end).clear();
        String left = String.join("\n", lines) + "\n";
        write(entries.size() == 1 ? left.replaceFirst("(?m)^keys:\\s*$", "keys: []") : left);
    }

    private String line(int number) {
        return text.lines().skip(number - 1L).findFirst().orElse("");
    }

    private static String ended(String text) {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    private void write(String edited) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            Path draft = Files.createTempFile(folder, "keys", ".draft");
            try {
                if (there) {
                    copyPermissions(draft);
                }
                Files.writeString(draft, edited);
                ApiKeyFile.read(draft, clock);
                if (there ? !Files.readString(file).equals(text) : Files.exists(file)) {
                    throw problem(file, "has changed meanwhile; nothing was written");
                }
                move(draft);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw problem(file, "cannot be written: " + e);
        }
    }

    /** A file that is made here is its owner's alone, which is how drafts begin. */
    private void copyPermissions(Path draft) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            Files.setPosixFilePermissions(draft, permissions);
        }
    }

    private void move(Path draft) throws IOException {
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw problem(file, "is on a file system that cannot replace a file in one step");
        }
    }

    private ApiKeysRejected notALine(int line) {
        return problem(file, line + ": a key that does not begin its line with a dash; edit this file by hand");
    }

    private static ApiKeysRejected problem(Path file, String what) {
        return new ApiKeysRejected(file, List.of(file + ": " + what));
    }
}
