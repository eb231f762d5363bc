package io.headgate.gateway.media;

import io.headgate.gateway.response.Problem;
import io.headgate.policy.match.ByteWords;
import io.headgate.policy.match.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** What a route says about the uploads that it takes, held against what a client declares of one. */
final class UploadTerms {

    private static final String TYPE = "filetype";

    private UploadTerms() {}

    /** Why this request cannot be part of an upload; empty if it can. */
    static Optional<Problem> objection(ServerHttpRequest request, Protocol.Tus tus) {
        HttpHeaders headers = request.getHeaders();
        boolean creates = request.getMethod().equals(HttpMethod.POST);
        if (!creates && !request.getMethod().equals(HttpMethod.PATCH)) {
            return Optional.empty();
        }
        if (tus.maxSize().isPresent() && size(headers) > tus.maxSize().getAsLong()) {
            long most = tus.maxSize().getAsLong();
            return Optional.of(
                    Problem.of(HttpStatus.CONTENT_TOO_LARGE, "Uploads may have up to " + ByteWords.of(most) + " here.")
                            .withHeader("Tus-Max-Size", Long.toString(most)));
        }
        if (creates && !tus.mediaTypes().isEmpty() && !takes(tus, type(headers))) {
            return Optional.of(Problem.of(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "Uploads may be " + String.join(", ", tus.mediaTypes()) + " here, as " + TYPE
                            + " in Upload-Metadata says."));
        }
        return Optional.empty();
    }

    /** How large the upload is going to be at least. */
    private static long size(HttpHeaders headers) {
        long declared = Uploads.number(headers, "Upload-Length").orElse(0);
        long brought = Uploads.number(headers, "Upload-Offset").orElse(0) + Math.max(0, headers.getContentLength());
        return Math.max(declared, brought);
    }

    /** The media type in the metadata (tus 1.0, "Upload-Metadata"), without its parameters; empty if there is none. */
    private static String type(HttpHeaders headers) {
        for (String field : headers.getOrDefault("Upload-Metadata", List.of())) {
            for (String pair : field.split(",", -1)) {
                String[] parts = pair.strip().split(" ", 2);
                if (parts.length == 2 && parts[0].equals(TYPE)) {
                    return plain(parts[1].strip());
                }
            }
        }
        return "";
    }

    private static String plain(String encoded) {
        try {
            String type = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int parameters = type.indexOf(';');
            return (parameters < 0 ? type : type.substring(0, parameters))
                    .strip()
                    .toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static boolean takes(Protocol.Tus tus, String type) {
        return tus.mediaTypes().stream()
                .anyMatch(taken -> taken.endsWith("/*")
                        ? type.startsWith(taken.substring(0, taken.length() - 1))
                        : type.equals(taken));
    }
}
