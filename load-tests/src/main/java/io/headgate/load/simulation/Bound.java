package io.headgate.load.simulation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
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

    /** Exactly so many. */
    static Bound exactly(long count) {
        return new Bound(count, List.of());
    }

    /** What the gateway says that a caller has left. */
    static Bound ask(String baseUrl, String key) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "/limits"))
                .header("X-API-Key", key)
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(request.uri() + " answered " + response.statusCode() + ": " + response.body());
        }
        List<Limit> counted = new ArrayList<>();
        for (JsonNode limit : JsonMapper.shared().readTree(response.body()).get("limits")) {
            if (limit.has("remaining")) { // an unlimited one has no numbers
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
