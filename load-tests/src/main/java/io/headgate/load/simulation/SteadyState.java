package io.headgate.load.simulation;

import static io.gatling.javaapi.core.CoreDsl.ByteArrayBody;
import static io.gatling.javaapi.core.CoreDsl.during;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.listFeeder;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.regex;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.header;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Several users within their limits: most read feeds, some upload, some watch. Nothing may be refused or fail, and the
 * slowest hundredth stays below a bound.
 *
 * <p>{@code users} at a time, each with one of {@code keys} in turn, take one step every {@code pace} seconds for
 * {@code duration} seconds; an upload has {@code upload-bytes}; the bound is {@code p99} milliseconds. The defaults fit
 * the shipped policy from one address; more needs a policy and keys to match.
 */
public final class SteadyState extends Simulation {

    private final Duration duration = Duration.ofSeconds(Settings.positive("duration", 30));
    private final Duration pace = Duration.ofSeconds(Settings.positive("pace", 4));
    private final int half = Settings.positive("upload-bytes", 65_536) / 2;
    private final List<String> keys = Settings.keys("demo-pro-bob,demo-free-alice,demo-free-carol");

    private final ChainBuilder read = exec(
            http("feed page")
                    .get("/api/feed/#{key}")
                    .check(status().is(200), jsonPath("$.next").saveAs("next")),
            exec(http("feed next page").get("/api/feed/#{key}?cursor=#{next}").check(status().is(200))));

    private final ChainBuilder upload = exec(
            http("upload create")
                    .post("/files")
                    .header("Tus-Resumable", "1.0.0")
                    .header("Upload-Length", Integer.toString(2 * half))
                    .check(status().is(201), header("Location").saveAs("location")),
            append(0),
            append(half),
            http("upload status")
                    .head("#{location}")
                    .header("Tus-Resumable", "1.0.0")
                    .check(status().is(200), header("Upload-Offset").is(Integer.toString(2 * half))),
            http("upload delete")
                    .delete("#{location}")
                    .header("Tus-Resumable", "1.0.0")
                    .check(status().is(204)));

    private final ChainBuilder watch = exec(
            http("master playlist")
                    .get("/play/demo/master.m3u8?sid=#{key}")
                    .check(status().is(200), regex("(?m)^([^#\\s]+)$").saveAs("rendition")),
            http("media playlist")
                    .get("/play/demo/#{rendition}?sid=#{key}")
                    .check(status().is(200), regex("(?m)^([^#\\s]+)$").saveAs("segment")),
            http("segment")
                    .get(session -> "/play/demo/" + folder(session.getString("rendition"))
                            + session.getString("segment") + "?sid=" + session.getString("key"))
                    .check(status().is(200)));

    /** Spreads the users over the roles. */
    public SteadyState() {
        int users = Settings.positive("users", 6);
        int uploaders = Math.max(1, users / 6);
        int viewers = Math.max(1, users / 6);
        int readers = Math.max(1, users - uploaders - viewers);
        HttpProtocolBuilder protocol =
                http.baseUrl(Settings.baseUrl()).header("X-API-Key", "#{key}").disableCaching();
        setUp(
                        population("readers", readers, read),
                        population("uploaders", uploaders, upload),
                        population("viewers", viewers, watch))
                .protocols(protocol)
                .assertions(
                        global().failedRequests().count().is(0L),
                        global().responseTime().percentile(99).lt(Settings.positive("p99", 500)));
    }

    private PopulationBuilder population(String name, int users, ChainBuilder step) {
        List<Map<String, Object>> rows =
                keys.stream().map(key -> Map.<String, Object>of("key", key)).toList();
        return scenario(name)
                .exec(
                        feed(listFeeder(rows).circular()),
                        during(duration).on(exec(step).pace(pace)))
                .injectOpen(rampUsers(users).during(pace));
    }

    private HttpRequestActionBuilder append(int offset) {
        return http("upload append")
                .patch("#{location}")
                .header("Tus-Resumable", "1.0.0")
                .header("Upload-Offset", Integer.toString(offset))
                .header("Content-Type", "application/offset+octet-stream")
                .body(ByteArrayBody(new byte[half]))
                .check(status().is(204));
    }

    private static String folder(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }
}
