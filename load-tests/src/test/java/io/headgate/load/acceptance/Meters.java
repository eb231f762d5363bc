package io.headgate.load.acceptance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Stream;

/** What a gateway tells Prometheus. */
final class Meters {

    private Meters() {}

    /** Sum of the time series of a meter that have these tags, each written as in {@code name="feed"}. */
    static double sum(HttpClient client, URI prometheus, String meter, String... tags)
            throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(prometheus).build(), HttpResponse.BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith(meter + "{") || line.startsWith(meter + " "))
                .filter(line -> Stream.of(tags).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
