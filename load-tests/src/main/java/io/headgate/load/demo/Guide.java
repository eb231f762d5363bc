package io.headgate.load.demo;

import java.nio.file.Path;

/** What the demo prints once it runs. Every line that is indented by four can be pasted into a shell. */
final class Guide {

    private static final String TEXT = """

            Headgate runs: public on http://localhost:%1$d, for operators on http://localhost:%2$d.
            Ctrl-C stops it. The gateway's log is %3$s

            A request, and what its limits say in the headers:
                curl -i -H 'X-API-Key: demo-free-alice' 'http://localhost:%1$d/api/feed/ada'

            Too many of them: the last answer is a 429 that explains itself:
                for i in $(seq 30); do curl -s -o /dev/null -w '%%{http_code} ' -H 'X-API-Key: demo-free-alice' 'http://localhost:%1$d/api/feed/ada'; done
                curl -i -H 'X-API-Key: demo-free-alice' 'http://localhost:%1$d/api/feed/ada'

            What is left for whom; asking costs nothing (there are also demo-free-carol, and nobody without a key):
                curl -s -H 'X-API-Key: demo-free-alice' 'http://localhost:%1$d/limits'
                curl -s -H 'X-API-Key: demo-pro-bob' 'http://localhost:%1$d/limits'

            A resumable upload (tus): create, send, ask how much arrived:
                printf 'not really a film' > "${TMPDIR:-/tmp}/film.mp4"
                location=$(curl -si -X POST -H 'X-API-Key: demo-pro-bob' -H 'Tus-Resumable: 1.0.0' -H 'Upload-Length: 17' 'http://localhost:%1$d/files' | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')
                curl -i -X PATCH -H 'X-API-Key: demo-pro-bob' -H 'Tus-Resumable: 1.0.0' -H 'Upload-Offset: 0' -H 'Content-Type: application/offset+octet-stream' --data-binary "@${TMPDIR:-/tmp}/film.mp4" "http://localhost:%1$d$location"
                curl -I -H 'X-API-Key: demo-pro-bob' -H 'Tus-Resumable: 1.0.0' "http://localhost:%1$d$location"

            A video (HLS); Safari, VLC and mpv play the same address:
                curl -s 'http://localhost:%1$d/play/demo/master.m3u8'

            A stream of events (SSE); Ctrl-C ends it:
                curl -N -H 'X-API-Key: demo-free-carol' 'http://localhost:%1$d/api/feed/stream'

            Change a limit: edit %4$s and save.
            A good edit is live within seconds and keeps the counts; a bad one changes nothing, and the log names its line:
                %5$s policy validate %4$s

            Metrics and health:
                curl -s 'http://localhost:%2$d/actuator/prometheus' | grep ratelimit
                curl -s 'http://localhost:%2$d/actuator/health'
            """;

    private Guide() {}

    static String text(DemoOptions options, Path policy) {
        return TEXT.formatted(
                options.port(),
                options.managementPort(),
                options.gatewayLog(),
                policy,
                options.home().resolve("headgate"));
    }
}
