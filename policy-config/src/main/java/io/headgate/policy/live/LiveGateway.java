package io.headgate.policy.live;

import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.SourceFile;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a gateway at its management address. Each question is one request. */
public final class LiveGateway {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int OK = 200;

    private final URI management;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    /** @param management address of the management port, such as {@code http://localhost:8081} */
    public LiveGateway(URI management) {
        this.management = management;
    }

    /**
     * What is left of one limit.
     *
     * @param limit name of the limit
     * @param remaining whole tokens that are left; {@code null} if it has no limit, or allows nothing
     * @param fits whether the request would fit it now
     * @param resetSeconds whole seconds until there is more, or, if the request does not fit, until it would
     */
    public record Left(String limit, @Nullable Long remaining, boolean fits, long resetSeconds) {}

    /**
     * The text of the policy in force.
     *
     * @throws NoAnswer if the gateway does not tell
     */
    public PolicyText policy() throws NoAnswer {
        return policy("/actuator/limits/policy");
    }

    /**
     * The text of a policy that was in force.
     *
     * @param revision its number
     * @throws NoAnswer if the gateway does not tell, or does not know it any more
     */
    public PolicyText policy(long revision) throws NoAnswer {
        return policy("/actuator/limits/policy?revision=" + revision);
    }

    private PolicyText policy(String path) throws NoAnswer {
        Map<String, @Nullable Object> answer = get(path);
        List<SourceFile> files = new ArrayList<>();
        for (Map<?, ?> file : objects(answer.get("files"))) {
            if (file.get("name") instanceof String name && file.get("text") instanceof String text) {
                files.add(new SourceFile(name, text));
            }
        }
        if (files.isEmpty() || !(answer.get("hash") instanceof String hash)) {
            throw new NoAnswer(management + " answers, but not with a policy");
        }
        return new PolicyText(files, List.of(), hash);
    }

    /**
     * What is left now of the limits that a request has to fit, without charging anything.
     *
     * @param headers the request's header fields
     * @throws NoAnswer if the gateway does not tell
     */
    public List<Left> left(RequestFacts facts, Map<String, String> headers) throws NoAnswer {
        StringBuilder query = new StringBuilder("/actuator/limits/standing");
        add(query, "method", facts.method());
        add(query, "host", facts.host());
        add(query, "path", facts.path());
        add(query, "ip", facts.ip().toString());
        add(query, "user", facts.caller().user());
        add(query, "tenant", facts.caller().tenant());
        add(query, "plan", facts.caller().plan());
        facts.caller().claims().forEach((name, value) -> add(query, "claim", name + "=" + value));
        headers.forEach((name, value) -> add(query, "header", name + "=" + value));
        List<Left> left = new ArrayList<>();
        for (Map<?, ?> limit : objects(get(query.toString()).get("limits"))) {
            left.add(new Left(
                    String.valueOf(limit.get("name")),
                    limit.get("remaining") instanceof Long remaining ? remaining : null,
                    Boolean.TRUE.equals(limit.get("fits")),
                    limit.get("reset") instanceof Long reset ? reset : 0));
        }
        return left;
    }

    private static void add(StringBuilder query, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            query.append(query.indexOf("?") < 0 ? '?' : '&').append(name).append('=');
            query.append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
        }
    }

    /**
     * What became of edits, as the gateway lists it, the latest first.
     *
     * @param revisions those that came into force
     * @param refused those that could not be used
     */
    public record History(List<Map<?, ?>> revisions, List<Map<?, ?>> refused) {}

    /** What became of the edits of its policy since it started. */
    public History history() throws NoAnswer {
        Map<String, @Nullable Object> answer = get("/actuator/limits/history");
        return new History(objects(answer.get("revisions")), objects(answer.get("refused")));
    }

    private static List<Map<?, ?>> objects(@Nullable Object value) {
        List<Map<?, ?>> objects = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> map) {
                    objects.add(map);
                }
            }
        }
        return objects;
    }

    private Map<String, @Nullable Object> get(String path) throws NoAnswer {
        HttpRequest request = HttpRequest.newBuilder(management.resolve(path))
                .timeout(PATIENCE)
                .header("Accept", "application/json")
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != OK) {
                throw new NoAnswer(request.uri() + " answers " + response.statusCode());
            }
            return JsonObject.read(response.body());
        } catch (IOException e) {
            String why = e.getMessage() == null ? "no connection" : e.getMessage();
            throw new NoAnswer(request.uri() + " does not answer: " + why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswer("interrupted");
        }
    }
}
