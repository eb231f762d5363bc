package io.headgate.gateway.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Addresses that have to be signed.
 *
 * @param keys file of the keys they are signed with; {@code null} if none has to be signed
 * @param paths what has to be signed: all under these
 * @param lifetime how long a signature is good
 */
public record SignedUrls(
        @Nullable String keys,
        @DefaultValue("/play") List<String> paths,
        @DefaultValue("4h") Duration lifetime) {

    private static final Duration LONGEST = Duration.ofDays(7);

    /** Refuses what would protect nothing. */
    public SignedUrls {
        paths = List.copyOf(paths);
        if (paths.isEmpty() || !paths.stream().allMatch(path -> path.matches("(/[A-Za-z0-9._-]+)+"))) {
            throw new SettingRejected(
                    "headgate.signed-urls.paths",
                    paths,
                    "one or several paths such as /play, without a slash at the end");
        }
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(LONGEST) > 0) {
            throw new SettingRejected("headgate.signed-urls.lifetime", lifetime, "from 1 s to 7 d");
        }
    }

    /** Whether what is at this path has to be signed. */
    public boolean cover(String path) {
        return paths.stream().anyMatch(covered -> path.equals(covered) || path.startsWith(covered + "/"));
    }
}
