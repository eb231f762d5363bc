package io.headgate.gateway.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.gateway.signing.SignedPaths.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedPathsTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Instant UNTIL = NOW.plusSeconds(60);
    private static final String OLD = "old AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    private static final String NEW = "new ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n";

    @TempDir
    Path folder;

    private final AtomicReference<SigningKeys> keys = new AtomicReference<>();
    private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
    private final SignedPaths signed = new SignedPaths(keys::get, clock::get);

    @BeforeEach
    void begin() throws IOException {
        keys.set(read(OLD));
    }

    private SigningKeys read(String text) throws IOException {
        return SigningKeys.read(Files.writeString(folder.resolve("keys"), text));
    }

    private String film() {
        return signed.sign("/play/film/master.m3u8", "/play/film/", UNTIL);
    }

    @Test
    void aSignatureIsASegmentAfterWhatItIsFor() {
        assertThat(film()).matches("/play/film/~old\\.6a1d[0-9a-f]{4}\\.[A-Za-z0-9_-]{43}/master\\.m3u8");
        assertThat(signed.open(film())).isEqualTo(new Opened.Good("/play/film/master.m3u8"));
    }

    @Test
    void itIsGoodForAllThatIsNamedRelativeToIt() {
        String segment = film().replace("master.m3u8", "720p/1.ts");
        assertThat(signed.open(segment)).isEqualTo(new Opened.Good("/play/film/720p/1.ts"));
        assertThat(signed.open(film().replace("/master.m3u8", ""))).isEqualTo(new Opened.Good("/play/film/"));
    }

    @Test
    void itIsGoodForNothingElse() {
        assertThat(signed.open(film().replace("/film/", "/other/")))
                .isEqualTo(new Opened.Bad("/play/other/master.m3u8", false));
        assertThat(signed.open(film().replace("/play/film/", "/play/")))
                .isEqualTo(new Opened.Bad("/play/master.m3u8", false));
        assertThat(signed.open("/play/film/master.m3u8")).isEqualTo(new Opened.Unsigned());
        assertThat(signed.open("/~home/master.m3u8")).isEqualTo(new Opened.Unsigned());
    }

    @Test
    void aLongerLifeIsAForgery() {
        String expiry = Long.toHexString(UNTIL.getEpochSecond());
        String later = Long.toHexString(UNTIL.getEpochSecond() + 1);
        assertThat(signed.open(film().replace(expiry, later)))
                .isEqualTo(new Opened.Bad("/play/film/master.m3u8", false));
    }

    @Test
    void itEndsAtItsSecond() {
        String film = film();
        clock.set(UNTIL.minusMillis(1));
        assertThat(signed.open(film)).isInstanceOf(Opened.Good.class);
        clock.set(UNTIL);
        assertThat(signed.open(film)).isEqualTo(new Opened.Bad("/play/film/master.m3u8", true));
    }

    @Test
    void aKeyIsReplacedWithoutAnybodyNoticing() throws IOException {
        String before = film();
        keys.set(read(NEW + OLD));
        String after = film();
        assertThat(after).contains("~new.");
        assertThat(signed.open(before)).isInstanceOf(Opened.Good.class);
        assertThat(signed.open(after)).isInstanceOf(Opened.Good.class);
        keys.set(read(NEW));
        assertThat(signed.open(before)).isEqualTo(new Opened.Bad("/play/film/master.m3u8", false));
    }

    @Test
    void twoSignaturesAreNone() {
        String twice = film().replace("/master.m3u8", film());
        assertThat(signed.open(twice)).isInstanceOf(Opened.Bad.class);
    }

    @Test
    void aFileThatIsNoneSaysWhereAndNoSecret() {
        assertThatThrownBy(() -> read("# none\n"))
                .isInstanceOf(SigningKeysRejected.class)
                .hasMessageContaining("no key (expected: at least one)");
        assertThatThrownBy(() -> read(OLD + "short c2VjcmV0\n" + "old " + NEW.substring(4)))
                .hasMessageContaining("keys:2: not a key")
                .hasMessageContaining("keys:3: not a key")
                .hasMessageContaining("32 bytes in Base64")
                .satisfies(error -> assertThat(error.getMessage()).doesNotContain("c2VjcmV0"));
        assertThatThrownBy(() -> SigningKeys.read(folder.resolve("absent")))
                .hasMessageContaining("cannot be read: NoSuchFileException");
    }
}
