package io.headgate.gateway.signing;

import java.net.URI;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * Signs what a backend is told about who calls and what for, as an HTTP message signature (RFC 9421) with HMAC-SHA256, under
 * the label {@code headgate}: a backend that checks it need not trust its network.
 *
 * <p>Thread-safe.
 */
public final class IdentitySignature {

    private static final String LABEL = "headgate=";
    private static final String INPUT = "Signature-Input";
    private static final String SIGNATURE = "Signature";

    private final Supplier<SigningKeys> keys;
    private final InstantSource clock;
    private final List<String> fields;

    /**
     * @param keys those that hold now
     * @param fields names, in lower case, of the header fields that are signed where they are present
     */
    public IdentitySignature(Supplier<SigningKeys> keys, InstantSource clock, List<String> fields) {
        this.keys = keys;
        this.clock = clock;
        this.fields = List.copyOf(fields);
    }

    /**
     * Adds the signature; what claims to be one is removed.
     *
     * @param headers as the backend gets them
     */
    public void sign(HttpHeaders headers, HttpMethod method, URI target) {
        leaveOutForged(headers, INPUT);
        leaveOutForged(headers, SIGNATURE);
        SigningKeys now = keys.get();
        StringBuilder covered = new StringBuilder("(");
        StringBuilder base = new StringBuilder();
        for (String field : fields) {
            String value = headers.getFirst(field);
            if (value != null) {
                cover(field, value, covered, base);
            }
        }
        cover("@method", method.name(), covered, base);
        cover("@path", target.getRawPath(), covered, base);
        cover("@query", "?" + (target.getRawQuery() == null ? "" : target.getRawQuery()), covered, base);
        String parameters = covered.append(");created=")
                .append(clock.instant().getEpochSecond())
                .append(";keyid=\"")
                .append(now.signing())
                .append("\";alg=\"hmac-sha256\"")
                .toString();
        base.append("\"@signature-params\": ").append(parameters);
        byte[] signature = SigningKeys.digest(now.find(now.signing()).orElseThrow(), base.toString());
        headers.add(INPUT, LABEL + parameters);
        headers.add(SIGNATURE, LABEL + ":" + Base64.getEncoder().encodeToString(signature) + ":");
    }

    private static void cover(String component, String value, StringBuilder covered, StringBuilder base) {
        covered.append(covered.length() == 1 ? "\"" : " \"").append(component).append('"');
        base.append('"').append(component).append("\": ").append(value).append('\n');
    }

    private static void leaveOutForged(HttpHeaders headers, String name) {
        List<String> lines = headers.getOrDefault(name, List.of());
        headers.remove(name);
        lines.stream().filter(line -> !line.contains(LABEL)).forEach(line -> headers.add(name, line));
    }
}
