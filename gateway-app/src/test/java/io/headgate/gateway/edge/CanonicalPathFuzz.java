package io.headgate.gateway.edge;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.UriUtils;

/** A path that is let through means one thing to whoever reads it, however they do. */
public final class CanonicalPathFuzz {

    private static final Pattern ENCODED = Pattern.compile("%[0-9a-fA-F]{2}");

    private CanonicalPathFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String raw = new String(input, StandardCharsets.ISO_8859_1);
        if (!(CanonicalPath.of(raw) instanceof CanonicalPath.Clear clear)) {
            return;
        }
        String path = clear.path();
        check(CanonicalPath.of(path).equals(clear), "has another canonical spelling", path);
        String decoded = UriUtils.decode(path, StandardCharsets.UTF_8);
        check(UriUtils.decode(raw, StandardCharsets.UTF_8).equals(decoded), "means something else than before", raw);
        check(!ENCODED.matcher(decoded).find(), "can be decoded twice", path);
        for (String segment : List.of(decoded.substring(1).split("/", -1))) {
            boolean odd = segment.equals(".") || segment.equals("..") || segment.matches("(?s).*[\\\\;\\p{Cntrl}].*");
            check(!odd, "hides a segment that servers read differently", path);
        }
        check(!decoded.contains("//"), "hides an empty segment", path);
        URI uri = URI.create("http://localhost" + path);
        check(uri.getRawPath().equals(path) && uri.normalize().equals(uri), "is another path to java.net.URI", path);
        PathContainer parsed = PathContainer.parsePath(path);
        long separators = parsed.elements().stream()
                .filter(PathContainer.Separator.class::isInstance)
                .count();
        boolean plain = parsed.elements().stream()
                .filter(PathContainer.PathSegment.class::isInstance)
                .allMatch(segment ->
                        ((PathContainer.PathSegment) segment).parameters().isEmpty());
        check(plain && separators == path.chars().filter(c -> c == '/').count(), "is split differently", path);
    }

    private static void check(boolean holds, String otherwise, String path) {
        if (!holds) {
            throw new AssertionError(path + " " + otherwise);
        }
    }
}
