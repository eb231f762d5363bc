package io.headgate.policy.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.policy.match.PolicySet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyWatcherTest {

    private static final Duration CALM = Duration.ofSeconds(1);
    private static final Duration CHANGING = Duration.ofMillis(100);
    private static final String BROKEN =
            "apiVersion: limits/v1\nkind: Policy\nlimits:\n  api: { per: usr, rate: 1/s }\n";

    @TempDir
    private Path folder;

    private final List<ReloadEvent> events = new ArrayList<>();
    private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));

    private static String policy(String limit) {
        return """
                apiVersion: limits/v1
                kind: Policy
                limits:
                  %s: { per: ip, rate: 60/min }
                routes:
                  all: { match: /**, limits: [%s] }
                """.formatted(limit, limit);
    }

    private PolicyWatcher watch(Path path) throws PolicyRejected {
        return PolicyWatcher.idle(path, Optional.empty(), clock, events::add);
    }

    private static void settle(PolicyWatcher watcher) {
        assertThat(watcher.poll()).isEqualTo(CHANGING);
        assertThat(watcher.poll()).isEqualTo(CHANGING);
    }

    @Test
    void afterAnEditTheNextOneIsExpectedSoon() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(file);
        assertThat(watcher.poll()).isEqualTo(CALM);

        Files.writeString(file, policy("two"));
        settle(watcher);

        List<Duration> pauses =
                Stream.generate(watcher::poll).takeWhile(CHANGING::equals).toList();
        assertThat(pauses).hasSizeBetween(10, 100);
        assertThat(watcher.poll()).isEqualTo(CALM);
    }

    @Test
    void anEditGoesLive() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(file);
        PolicySet before = watcher.current();
        assertThat(watcher.poll()).isEqualTo(CALM);
        assertThat(watcher.current()).isSameAs(before);

        Files.writeString(file, policy("two"));
        settle(watcher);

        assertThat(watcher.current().limitNames()).containsExactly("two");
        assertThat(watcher.status().revision()).isEqualTo(2);
        assertThat(watcher.status().hash()).isEqualTo(watcher.current().hash());
        assertThat(events).singleElement().isInstanceOfSatisfying(ReloadEvent.Live.class, live -> {
            assertThat(live.policy()).isSameAs(watcher.current());
            assertThat(live.status()).isEqualTo(watcher.status());
        });
    }

    @Test
    void aRenameGoesLive() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(file);
        Path next = Files.writeString(folder.resolve("policy.new"), policy("two"));

        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        settle(watcher);

        assertThat(watcher.current().limitNames()).containsExactly("two");
    }

    @Test
    void aSwapOfTheLinkThatKubernetesMountsGoesLive() throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("..1")).resolve("policy.yaml"), policy("one"));
        Files.writeString(Files.createDirectory(folder.resolve("..2")).resolve("policy.yaml"), policy("two"));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(folder.resolve("policy.yaml"), Path.of("..data/policy.yaml"));
        PolicyWatcher ofFolder = watch(folder);
        PolicyWatcher ofFile = watch(folder.resolve("policy.yaml"));

        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2"));
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        settle(ofFolder);
        settle(ofFile);

        assertThat(ofFolder.current().limitNames()).containsExactly("two");
        assertThat(ofFile.current().limitNames()).containsExactly("two");
    }

    @Test
    void aFileAddedToAFolderGoesLive() throws Exception {
        Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(folder);

        Files.writeString(
                folder.resolve("more.yaml"),
                "apiVersion: limits/v1\nkind: Policy\nroutes:\n  more: { match: /more, limits: [one] }\n");
        settle(watcher);

        assertThat(watcher.current().routes()).extracting("name").containsExactly("more", "all");
    }

    @Test
    void aBrokenEditLeavesThePolicyInForceAndIsReportedOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(file);
        PolicySet before = watcher.current();

        Files.writeString(file, BROKEN);
        settle(watcher);
        watcher.poll();

        assertThat(watcher.current()).isSameAs(before);
        assertThat(watcher.status().revision()).isEqualTo(1);
        assertThat(watcher.status().hash()).isEqualTo(before.hash());
        assertThat(watcher.status().rejected())
                .hasValueSatisfying(problems -> assertThat(problems)
                        .extracting(problem -> problem.line() + ":" + problem.code())
                        .contains("4:bad-value"));
        assertThat(events).singleElement().isInstanceOf(ReloadEvent.Refused.class);
    }

    @Test
    void goingBackToThePolicyInForceClearsTheRejection() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(file);
        Files.writeString(file, BROKEN);
        settle(watcher);

        Files.writeString(file, policy("one"));
        settle(watcher);

        assertThat(watcher.status().rejected()).isEmpty();
        assertThat(watcher.status().revision()).isEqualTo(1);
        assertThat(events).hasSize(2).last().isInstanceOf(ReloadEvent.Restored.class);
    }

    @Test
    void aFixAfterABrokenEditGoesLive() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(file);
        Files.writeString(file, BROKEN);
        settle(watcher);

        Files.writeString(file, policy("two"));
        settle(watcher);

        assertThat(watcher.status().rejected()).isEmpty();
        assertThat(watcher.status().revision()).isEqualTo(2);
        assertThat(watcher.current().limitNames()).containsExactly("two");
    }

    @Test
    void aFileThatIsStillBeingWrittenIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(file);
        String next = policy("two");

        for (int length = 0; length < next.length(); length += 10) {
            Files.writeString(file, next.substring(0, length));
            assertThat(watcher.poll()).isEqualTo(CHANGING);
        }
        Files.writeString(file, next);
        settle(watcher);

        assertThat(watcher.current().limitNames()).containsExactly("two");
        assertThat(events).singleElement().isInstanceOf(ReloadEvent.Live.class);
    }

    @Test
    void aVanishedFileIsReportedAndItsReturnIsNotAReload() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watch(file);

        Files.delete(file);
        settle(watcher);
        assertThat(watcher.status().rejected()).isPresent();
        assertThat(watcher.current().limitNames()).containsExactly("one");

        Files.writeString(file, policy("one"));
        settle(watcher);
        assertThat(watcher.status().rejected()).isEmpty();
        assertThat(watcher.status().revision()).isEqualTo(1);
    }

    @Test
    void thereIsNoStartWithoutAUsablePolicy() throws IOException {
        Path file = Files.writeString(folder.resolve("policy.yaml"), BROKEN);

        assertThatThrownBy(() -> watch(file))
                .isInstanceOfSatisfying(
                        PolicyRejected.class,
                        rejected -> assertThat(rejected.problems()).hasSize(2))
                .hasMessageContaining("policy.yaml:4:15: error bad-value: per: usr");
    }

    private PolicyWatcher watchWithBackup(Path path) throws PolicyRejected {
        return PolicyWatcher.idle(path, Optional.of(folder.resolve("backup")), clock, events::add);
    }

    @Test
    void aStartOnABrokenPolicyGoesOnWithTheLastGoodOne() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher before = watchWithBackup(file);
        Files.writeString(file, policy("two"));
        settle(before);
        Files.writeString(file, BROKEN);
        settle(before);

        PolicyWatcher after = watchWithBackup(file);

        assertThat(after.current().limitNames()).containsExactly("two");
        assertThat(after.status().revision()).isEqualTo(1);
        assertThat(after.status().hash()).isEqualTo(before.status().hash());
        assertThat(after.status().rejected())
                .hasValueSatisfying(problems -> assertThat(problems).hasSize(2));
        Files.writeString(file, policy("three"));
        settle(after);
        assertThat(after.current().limitNames()).containsExactly("three");
        assertThat(after.status().rejected()).isEmpty();
    }

    @Test
    void aFolderIsKeptAsAWhole() throws Exception {
        Path policies = Files.createDirectory(folder.resolve("policies"));
        Files.writeString(policies.resolve("a.yaml"), policy("one"));
        Files.writeString(
                policies.resolve("b.yml"),
                "apiVersion: limits/v1\nkind: Policy\nlimits: { two: { per: ip, rate: 1/s } }\n");
        String hash = watchWithBackup(policies).status().hash();
        Files.writeString(policies.resolve("b.yml"), "no policy");

        PolicyWatcher after = watchWithBackup(policies);

        assertThat(after.current().limitNames()).containsExactly("one", "two");
        assertThat(after.current().hash()).isEqualTo(hash);
    }

    @Test
    void onlyTheLastGoodPolicyIsKept() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        PolicyWatcher watcher = watchWithBackup(file);
        Files.writeString(file, policy("two"));
        settle(watcher);

        try (Stream<Path> kept = Files.list(folder.resolve("backup"))) {
            assertThat(kept.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("current", watcher.status().hash());
        }
    }

    @Test
    void aBackupThatCannotBeWrittenOrReadCostsNothingElse() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        Path notAFolder = Files.writeString(folder.resolve("occupied"), "something else");
        assertThat(PolicyWatcher.idle(file, Optional.of(notAFolder), clock, events::add)
                        .current()
                        .limitNames())
                .containsExactly("one");
        Files.writeString(file, BROKEN);
        assertThatThrownBy(() -> PolicyWatcher.idle(file, Optional.of(notAFolder), clock, events::add))
                .isInstanceOf(PolicyRejected.class);
    }

    @Test
    void onItsOwnThreadItFollowsTheFiles() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy("one"));
        BlockingQueue<ReloadEvent> live = new LinkedBlockingQueue<>();
        try (PolicyWatcher watcher = PolicyWatcher.start(file, Optional.empty(), live::add)) {
            Files.writeString(file, policy("two"));

            assertThat(live.poll(60, TimeUnit.SECONDS)).isInstanceOf(ReloadEvent.Live.class);
            assertThat(watcher.current().limitNames()).containsExactly("two");
        }
    }
}
