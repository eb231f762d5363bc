package io.headgate.load.backend;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Uploads on disk: {@code <id>.properties} holds what was declared, {@code <id>.bin} what has arrived. The offset is the
 * size of the latter and is written nowhere else, so a killed process resumes where its bytes end.
 *
 * <p>Thread-safe. One folder belongs to one process. Nothing is forced to the device: a crash of the machine may lose
 * the last bytes, which a client then finds out from the offset.
 */
final class UploadFolder {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private final Path folder;
    private final Set<String> beingWritten = ConcurrentHashMap.newKeySet();

    UploadFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    Upload create(OptionalLong length, String metadata) throws IOException {
        Upload upload = new Upload(UUID.randomUUID().toString().replace("-", ""), length, 0, metadata);
        Files.createFile(data(upload.id()));
        declare(upload);
        return upload;
    }

    Optional<Upload> find(String id) throws IOException {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        Properties declared = new Properties();
        try (Reader reader = Files.newBufferedReader(declaration(id))) {
            declared.load(reader);
            String length = declared.getProperty("length");
            return Optional.of(new Upload(
                    id,
                    length == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length)),
                    Files.size(data(id)),
                    declared.getProperty("metadata", "")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Takes an upload for writing; empty if somebody else has it. */
    Optional<Lock> lock(String id) {
        return beingWritten.add(id) ? Optional.of(new Lock(id)) : Optional.empty();
    }

    private void declare(Upload upload) throws IOException {
        Properties declared = new Properties();
        upload.length().ifPresent(length -> declared.setProperty("length", Long.toString(length)));
        declared.setProperty("metadata", upload.metadata());
        Path whole = declaration(upload.id());
        Path part = whole.resolveSibling(upload.id() + ".part");
        try (Writer writer = Files.newBufferedWriter(part)) {
            declared.store(writer, null);
        }
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path declaration(String id) {
        return folder.resolve(id + ".properties");
    }

    private Path data(String id) {
        return folder.resolve(id + ".bin");
    }

    /**
     * The right to change one upload. Closing may come from any thread, also while another one appends: it waits for
     * that one write, and nothing is written after it.
     */
    final class Lock implements AutoCloseable {

        private final String id;
        private boolean closed;

        // A plain stream and no channel: closing a channel from an interrupted thread would lose the write under way.
        private Optional<FileOutputStream> data = Optional.empty();

        private Lock(String id) {
            this.id = id;
        }

        synchronized void declareLength(long length) throws IOException {
            Upload upload = find(id).orElseThrow(() -> new NoSuchFileException(id));
            declare(new Upload(id, OptionalLong.of(length), upload.offset(), upload.metadata()));
        }

        synchronized void append(byte[] bytes) {
            if (closed) {
                return;
            }
            try {
                if (data.isEmpty()) {
                    data = Optional.of(new FileOutputStream(data(id).toFile(), true));
                }
                data.get().write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        synchronized void delete() throws IOException {
            // The declaration first: without it there is no upload, whatever happens to the rest.
            Files.deleteIfExists(declaration(id));
            Files.deleteIfExists(data(id));
        }

        @Override
        public synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                if (data.isPresent()) {
                    data.get().close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                beingWritten.remove(id);
            }
        }
    }
}
