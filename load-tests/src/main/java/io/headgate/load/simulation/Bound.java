package io.headgate.load.simulation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How many requests of one caller may be admitted.
 *
 * @param fewest what is surely left
 * @param limits what may come back meanwhile
 */
record Bound(long fewest, List<Limit> limits) {

    /**
     * One limit as {@code GET /limits} tells it.
     *
     * @param name its name
     * @param limit how many
     * @param window in so many seconds
     * @param remaining what is left
     */
    record Limit(String name, long limit, long window, long remaining) {}

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

    /** Exactly so many. */
    static Bound exactly(long count) {
        return new Bound(count, List.of());
    }

    /**
     * What a caller has left for a path, by {@code GET /limits}. Which of the limits apply there is told by the answer
     * to one request, which is the first that counts.
     */
    static Bound ask(String baseUrl, String path, String key) throws IOException, InterruptedException {
        String policy = get(baseUrl + path, key)
                .headers()
                .firstValue("RateLimit-Policy")
                .orElseThrow(
                        () -> new IOException(path + " has no limits that the gateway tells of: no RateLimit-Policy"));
        Set<String> names =
                QUOTED.matcher(policy).results().map(found -> found.group(1)).collect(Collectors.toSet());
        List<Limit> counted = new ArrayList<>();
        for (JsonNode limit : JsonMapper.shared()
                .readTree(get(baseUrl + "/limits", key).body())
                .get("limits")) {
            if (names.contains(limit.get("name").asString())) {
                counted.add(new Limit(
                        limit.get("name").asString(),
                        limit.get("limit").asLong(),
                        limit.get("window").asLong(),
                        limit.get("remaining").asLong()));
            }
        }
        return new Bound(
                counted.stream().mapToLong(Limit::remaining).min().orElse(Long.MAX_VALUE), List.copyOf(counted));
    }

    private static HttpResponse<String> get(String uri, String key) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri)).header("X-API-Key", key).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(uri + " answered " + response.statusCode() + ": " + response.body());
        }
        return response;
    }

    /**
     * The most that may be admitted while a flood lasts: for each limit what was left, what it regains in that time, and
     * the fraction of a request that was there already.
     */
    long most(long nanos) {
        return limits.stream()
                .mapToLong(limit -> limit.remaining() + 1 + (long) (limit.limit() * (nanos / 1e9) / limit.window()))
                .min()
                .orElse(fewest);
    }
}
