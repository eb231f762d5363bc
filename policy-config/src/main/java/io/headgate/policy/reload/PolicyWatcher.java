package io.headgate.policy.reload;

import io.headgate.policy.LoadResult;
import io.headgate.policy.PolicyLoader;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the policy in force equal to what its files say. The files are read about once a second and compared by
 * content, which sees every kind of edit on every kind of file system: renames, truncate-and-write, symlink swaps,
 * NFS. A change is used once two readings in a row agree on it, so a file that is still being written is left alone. One
 * edit is seldom the last, so for some seconds after each the files are read ten times a second.
 *
 * <p>{@link #current()} may be called by any number of threads; an edit becomes visible to all of them at once.
 */
public final class PolicyWatcher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PolicyWatcher.class);

    private static final Duration CALM = Duration.ofSeconds(1);
    private static final Duration CHANGING = Duration.ofMillis(100);
    private static final int READINGS_AFTER_EDIT = 30;

    private final Path path;
    private final PolicyLoader loader;
    private final InstantSource clock;
    private final Consumer<ReloadEvent> listener;
    private final Optional<PolicyBackup> backup;
    private final Thread thread = new Thread(this::run, "policy-watcher");

    private volatile PolicySet current;
    private volatile PolicyText text;
    private volatile ReloadStatus status;
    private volatile boolean closed;

    /** Content that the last reading saw for the first time; {@code null} if it saw what has been dealt with. */
    private @Nullable String unsettled;
    /** Content that was dealt with last, whether it was used or refused. */
    private String settled;
    /** Readings until no further edit is expected soon. */
    private int readingsAhead;

    private PolicyWatcher(Path path, Optional<PolicyBackup> backup, InstantSource clock, Consumer<ReloadEvent> listener)
            throws PolicyRejected {
        this.path = path;
        this.loader = new PolicyLoader(clock);
        this.clock = clock;
        this.listener = listener;
        this.backup = backup;
        PolicyText read = PolicyText.read(path);
        LoadResult result = loader.load(read);
        settled = read.hash();
        if (result instanceof LoadResult.Loaded loaded) {
            current = loaded.policy();
            text = read;
            status = new ReloadStatus(1, read.hash(), clock.instant(), Optional.empty());
            backup.ifPresent(last -> last.keep(read));
            log.info("Policy {} is in force, revision 1 ({}){}", path, read.hash(), listed(loaded.warnings()));
            return;
        }
        List<Problem> problems = ((LoadResult.Rejected) result).problems();
        text = backup.flatMap(PolicyBackup::read).orElseThrow(() -> new PolicyRejected(problems));
        if (!(loader.load(text) instanceof LoadResult.Loaded last)) {
            throw new PolicyRejected(problems);
        }
        current = last.policy();
        status = new ReloadStatus(1, text.hash(), clock.instant(), Optional.of(problems));
        log.error(
                "Policy {} cannot be used; the last one that could, kept on disk, is in force, revision 1 ({}){}",
                path,
                text.hash(),
                listed(problems));
    }

    /**
     * Loads the policy and follows it from then on.
     *
     * @param fileOrFolder where the policy stands
     * @param backup folder that keeps the policy in force, and with which a start on files that cannot be used goes on;
     *     empty for none
     * @param listener called on the watcher's thread after each event; not for the first load
     * @throws PolicyRejected if there is no usable policy to start with
     */
    public static PolicyWatcher start(Path fileOrFolder, Optional<Path> backup, Consumer<ReloadEvent> listener)
            throws PolicyRejected {
        PolicyWatcher watcher = idle(fileOrFolder, backup, InstantSource.system(), listener);
        watcher.thread.setDaemon(true);
        watcher.thread.start();
        return watcher;
    }

    /** A watcher that looks at the files only when {@link #poll} is called. */
    static PolicyWatcher idle(
            Path fileOrFolder, Optional<Path> backup, InstantSource clock, Consumer<ReloadEvent> listener)
            throws PolicyRejected {
        return new PolicyWatcher(fileOrFolder, backup.map(PolicyBackup::new), clock, listener);
    }

    /** The policy in force. */
    public PolicySet current() {
        return current;
    }

    /** What the policy in force was read from. */
    public PolicyText text() {
        return text;
    }

    /** Which policy is in force, and whether the files say something else by now. */
    public ReloadStatus status() {
        return status;
    }

    /** Stops following the files; the policy in force stays. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        Duration pause = CALM;
        while (!closed) {
            try {
                Thread.sleep(pause.toMillis());
                pause = poll();
            } catch (InterruptedException e) {
                return; // only close() interrupts
            } catch (RuntimeException e) {
                // A bug, and loud; but the next edit deserves its chance.
                log.error("Following policy {} failed", path, e);
                pause = CALM;
            }
        }
    }

    /** Looks at the files once; says when to look again. */
    Duration poll() {
        PolicyText now = PolicyText.read(path);
        if (now.hash().equals(settled)) {
            unsettled = null;
            readingsAhead = Math.max(0, readingsAhead - 1);
            return readingsAhead > 0 ? CHANGING : CALM;
        }
        if (!now.hash().equals(unsettled)) {
            unsettled = now.hash();
            return CHANGING;
        }
        unsettled = null;
        settled = now.hash();
        readingsAhead = READINGS_AFTER_EDIT;
        settle(now);
        return CHANGING;
    }

    private void settle(PolicyText now) {
        if (now.hash().equals(status.hash())) {
            restored();
            return;
        }
        LoadResult result = loader.load(now);
        if (result instanceof LoadResult.Loaded loaded) {
            backup.ifPresent(last -> last.keep(now));
            live(loaded, now);
        } else {
            refused(((LoadResult.Rejected) result).problems());
        }
    }

    private void live(LoadResult.Loaded loaded, PolicyText read) {
        String hash = read.hash();
        ReloadStatus now = new ReloadStatus(status.revision() + 1, hash, clock.instant(), Optional.empty());
        loaded.policy().continueRollouts(current);
        current = loaded.policy();
        text = read;
        status = now;
        log.info("Policy {} is in force, revision {} ({}){}", path, now.revision(), hash, listed(loaded.warnings()));
        listener.accept(new ReloadEvent.Live(loaded.policy(), read, loaded.warnings(), now));
    }

    private void refused(List<Problem> problems) {
        ReloadStatus now = rejecting(Optional.of(problems));
        status = now;
        log.error("Policy {} cannot be used; revision {} stays in force{}", path, now.revision(), listed(problems));
        listener.accept(new ReloadEvent.Refused(problems, now));
    }

    private void restored() {
        ReloadStatus now = rejecting(Optional.empty());
        status = now;
        log.info("Policy {} is again what is in force, revision {}", path, now.revision());
        listener.accept(new ReloadEvent.Restored(now));
    }

    private ReloadStatus rejecting(Optional<List<Problem>> problems) {
        ReloadStatus old = status;
        return new ReloadStatus(old.revision(), old.hash(), old.loadedAt(), problems);
    }

    private static String listed(List<Problem> problems) {
        return problems.stream().map(problem -> "\n" + problem.render()).collect(Collectors.joining());
    }
}
