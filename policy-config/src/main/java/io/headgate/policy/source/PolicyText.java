package io.headgate.policy.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The text of a policy at one moment: one file, or all policy files of a folder. A folder's policy files are those
 * directly in it that end in {@code .yaml} or {@code .yml}, but neither hidden ones nor tests
 * ({@code *.test.yaml}). In a folder that Kubernetes mounts, all files are read through one resolution of its
 * {@code ..data} link, so that an update is seen whole or not at all.
 *
 * @param files the files, by name
 * @param problems why text could not be read; then {@code files} is not the whole policy
 * @param hash digest of all that was read, so that two equal texts are known without being kept
 */
public record PolicyText(List<SourceFile> files, List<Problem> problems, String hash) {

    /** Largest policy file. */
    static final int MOST_BYTES = 1 << 20;

    private static final int MOST_FILES = 200;
    private static final int HASH_DIGITS = 12;

    public PolicyText {
        files = List.copyOf(files);
        problems = List.copyOf(problems);
    }

    /** Reads a file or a folder. What cannot be read is among the problems. */
    public static PolicyText read(Path path) {
        Reading reading = new Reading();
        try {
            if (Files.isDirectory(path)) {
                reading.folder(path);
            } else {
                reading.file(path.toString(), path);
            }
        } catch (IOException | UncheckedIOException e) {
            reading.problems.fileError(Code.UNREADABLE, path.toString(), unreadable(e));
        }
        return reading.text();
    }

    /**
     * Reads one file from a stream, to its end or until it is too large.
     *
     * @param name names the text in problems
     */
    public static PolicyText read(String name, InputStream in) {
        Reading reading = new Reading();
        try {
            reading.content(name, in.readNBytes(MOST_BYTES + 1));
        } catch (IOException e) {
            reading.problems.fileError(Code.UNREADABLE, name, unreadable(e));
        }
        return reading.text();
    }

    /** Text that is at hand already. */
    public static PolicyText of(String name, String yaml) {
        Reading reading = new Reading();
        reading.content(name, yaml.getBytes(StandardCharsets.UTF_8));
        return reading.text();
    }

    private static String unreadable(Exception e) {
        return e instanceof NoSuchFileException
                ? "there is no such file or folder"
                : "cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage();
    }

    private static final class Reading {
        private final List<SourceFile> files = new ArrayList<>();
        private final Problems problems = new Problems();
        private final MessageDigest digest = sha256();

        void folder(Path folder) throws IOException {
            Path link = folder.resolve("..data");
            Path root = Files.isDirectory(link) ? link.toRealPath() : folder;
            List<String> names;
            try (Stream<Path> entries = Files.list(root)) {
                names = entries.filter(Files::isRegularFile)
                        .map(entry -> entry.getFileName().toString())
                        .filter(Reading::isPolicy)
                        .sorted()
                        .limit(MOST_FILES + 1L)
                        .toList();
            }
            if (names.isEmpty()) {
                problems.fileError(
                        Code.UNREADABLE, folder.toString(), "the folder holds no policy (expected: *.yaml or *.yml)");
            } else if (names.size() > MOST_FILES) {
                problems.fileError(Code.TOO_LARGE, folder.toString(), "more than " + MOST_FILES + " policy files");
            } else {
                for (String name : names) {
                    file(folder.resolve(name).toString(), root.resolve(name));
                }
            }
        }

        private static boolean isPolicy(String name) {
            return !name.startsWith(".")
                    && (name.endsWith(".yaml") || name.endsWith(".yml"))
                    && !name.endsWith(".test.yaml")
                    && !name.endsWith(".test.yml");
        }

        void file(String name, Path path) throws IOException {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                problems.fileError(Code.UNREADABLE, name, "neither a file nor a folder");
                return;
            }
            try (InputStream in = Files.newInputStream(path)) {
                content(name, in.readNBytes(MOST_BYTES + 1));
            }
        }

        void content(String name, byte[] bytes) {
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
            digest.update(bytes);
            if (bytes.length > MOST_BYTES) {
                problems.fileError(Code.TOO_LARGE, name, "larger than " + MOST_BYTES + " bytes");
                return;
            }
            CharBuffer text = CharBuffer.allocate(bytes.length);
            CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true);
            if (result.isError()) {
                SourceFile shown = new SourceFile(name, new String(bytes, StandardCharsets.UTF_8));
                problems.error(Code.NOT_TEXT, shown.placeAt(text.position()), "not UTF-8");
                return;
            }
            String decoded = text.flip().toString();
            files.add(new SourceFile(name, decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded));
        }

        PolicyText text() {
            List<Problem> found = problems.list();
            found.forEach(problem -> digest.update(problem.render().getBytes(StandardCharsets.UTF_8)));
            String hash = HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
            return new PolicyText(files, found, hash);
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }
    }
}
