package io.headgate.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MasterPlaylistTest {

    private static final String MASTER = """
            #EXTM3U
            #EXT-X-VERSION:6
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",DEFAULT=YES,URI="audio/en.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1920x1080,CODECS="avc1.640028,mp4a.40.2",AUDIO="aac"
            1080p/index.m3u8
            #EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=9,CODECS="x,BANDWIDTH=1",BANDWIDTH=800000,AUDIO="aac"
            360p/index.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=2500000,AUDIO="aac"
            # a remark between the two
            720p/index.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=800000,AUDIO="aac"
            backup/360p/index.m3u8
            #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=900000,URI="1080p/iframes.m3u8"
            #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,URI="360p/iframes.m3u8"
            """;

    @Test
    void theHigherRenditionsAreLeftOutAndAllElseStays() {
        assertThat(MasterPlaylist.withLowest(MASTER, 1)).contains("""
                        #EXTM3U
                        #EXT-X-VERSION:6
                        #EXT-X-INDEPENDENT-SEGMENTS
                        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",DEFAULT=YES,URI="audio/en.m3u8"
                        #EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=9,CODECS="x,BANDWIDTH=1",BANDWIDTH=800000,AUDIO="aac"
                        360p/index.m3u8
                        # a remark between the two
                        #EXT-X-STREAM-INF:BANDWIDTH=800000,AUDIO="aac"
                        backup/360p/index.m3u8
                        #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,URI="360p/iframes.m3u8"
                        """);
        assertThat(MasterPlaylist.withLowest(MASTER, 2).orElseThrow())
                .contains("720p/index.m3u8", "1080p/iframes.m3u8")
                .doesNotContain("1080p/index.m3u8");
    }

    @Test
    void aPlaylistWithNoMoreRenditionsThanMayStayIsLeftAlone() {
        assertThat(MasterPlaylist.withLowest(MASTER, 3)).isEmpty();
    }

    @Test
    void lineEndsStayWhatTheyAre() {
        String windows = MASTER.replace("\n", "\r\n");
        String reduced = MasterPlaylist.withLowest(windows, 1).orElseThrow();
        assertThat(reduced.replace("\r\n", "")).doesNotContain("\r", "\n");
        assertThat(Optional.of(reduced.replace("\r\n", "\n"))).isEqualTo(MasterPlaylist.withLowest(MASTER, 1));
        String unended = MASTER.stripTrailing();
        assertThat(MasterPlaylist.withLowest(unended, 1).orElseThrow()).endsWith("360p/iframes.m3u8\"");
    }

    @Test
    void whatSaysNothingOfItsBandwidthStays() {
        String odd = """
                #EXTM3U
                #EXT-X-STREAM-INF:RESOLUTION=1x1
                unknown.m3u8
                #EXT-X-STREAM-INF:BANDWIDTH=much
                odd.m3u8
                #EXT-X-STREAM-INF:BANDWIDTH=1
                low.m3u8
                #EXT-X-STREAM-INF:BANDWIDTH=2
                high.m3u8
                """;
        assertThat(MasterPlaylist.withLowest(odd, 1).orElseThrow())
                .contains("unknown.m3u8", "odd.m3u8", "low.m3u8")
                .doesNotContain("high.m3u8");
    }

    @Test
    void whatIsNoMasterPlaylistIsLeftAlone() {
        assertThat(MasterPlaylist.withLowest("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n", 1))
                .isEmpty();
        assertThat(MasterPlaylist.withLowest(MASTER.substring(8), 1)).isEmpty();
        assertThat(MasterPlaylist.withLowest("", 1)).isEmpty();
    }
}
