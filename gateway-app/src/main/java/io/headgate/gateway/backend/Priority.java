package io.headgate.gateway.backend;

import java.util.List;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** What a request is worth when a backend cannot answer all, most first. */
enum Priority {
    /** Begins or goes on with a playback, or asks how an upload stands: refused, it ends what the user is doing. */
    PLAY(100),
    /** A piece of what is being played. */
    SEGMENT(90),
    FEED(80),
    UPLOAD(70),
    /** What nobody has asked for yet, as the client says itself. */
    PREFETCH(50);

    private static final List<String> PURPOSES = List.of("Sec-Purpose", "Purpose", "X-Moz");
    private static final Set<HttpMethod> SENDING = Set.of(HttpMethod.POST, HttpMethod.PATCH, HttpMethod.PUT);
    private static final int HEAVY_USER = 5;

    private final int percent;

    Priority(int percent) {
        this.percent = percent;
    }

    /**
     * How much of a backend's capacity may be in use for such a request to be let through.
     *
     * @param limit the capacity, in requests at the same time
     * @param heavy whether its user has sent more than others of late
     */
    int share(int limit, boolean heavy) {
        return Math.max(1, limit * (heavy ? percent - HEAVY_USER : percent) / 100);
    }

    static Priority of(Backend backend, ServerHttpRequest request) {
        for (String purpose : PURPOSES) {
            String value = request.getHeaders().getFirst(purpose);
            if (value != null && value.startsWith("prefetch")) {
                return PREFETCH;
            }
        }
        return switch (backend.name()) {
            case "playback" -> isPlaylist(request.getURI().getRawPath()) ? PLAY : SEGMENT;
            case "upload" -> sends(request.getMethod()) ? UPLOAD : PLAY;
            default -> FEED;
        };
    }

    private static boolean isPlaylist(String path) {
        return path.endsWith(".m3u8") || path.endsWith(".mpd");
    }

    private static boolean sends(HttpMethod method) {
        return SENDING.contains(method);
    }
}
