package io.headgate.load.simulation;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.dummy;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One caller sends far more than it may, over many connections at once. Every answer is a 200 or a 429, and as many are
 * admitted as the limits allow: not one more, and not one fewer.
 *
 * <p>{@code requests} in all by the caller with {@code key} to {@code path}, {@code concurrency} at a time. With
 * {@code limit} exactly so many must be admitted, which suits a fresh window; without it, {@code GET /limits} says
 * before the flood what is left, and a token bucket may add what flows in while the flood lasts.
 */
public final class Burst extends Simulation {

    private final int requests = Settings.positive("requests", 2_000);
    private final int concurrency = Math.min(requests, Settings.positive("concurrency", 100));
    private final String key = System.getProperty("key", "demo-free-alice");
    private final String path = System.getProperty("path", "/api/feed/ada");
    private final AtomicLong admitted = new AtomicLong();
    private final AtomicInteger left = new AtomicInteger(requests);
    private volatile Bound bound = Bound.exactly(0);
    private volatile long askedAt;
    private volatile long lastAnswerAt;

    /** Plans the flood, and the count that follows it. */
    public Burst() {
        ChainBuilder request = exec(http("request")
                        .get(path)
                        .check(status().in(200, 429).saveAs("status")))
                .exec(this::count);
        int each = (requests + concurrency - 1) / concurrency;
        ScenarioBuilder flood = scenario("flood")
                .exec(repeat(each)
                        .on(doIf(session -> left.getAndDecrement() > 0).then(request)));
        ScenarioBuilder count = scenario("count")
                .exec(dummy("as many admitted as allowed", 1).withSuccess(session -> asManyAsAllowed()));
        setUp(flood.injectOpen(atOnceUsers(concurrency)).andThen(count.injectOpen(atOnceUsers(1))))
                .protocols(http.baseUrl(Settings.baseUrl())
                        .header("X-API-Key", key)
                        .disableCaching())
                .assertions(global().failedRequests().count().is(0L));
    }

    @Override
    public void before() {
        askedAt = System.nanoTime();
        try {
            bound = System.getProperty("limit") == null
                    ? Bound.ask(Settings.baseUrl(), path, key)
                    : Bound.exactly(Settings.positive("limit", 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for the limits", e);
        }
    }

    private Session count(Session session) {
        lastAnswerAt = System.nanoTime();
        if (session.contains("status") && session.getInt("status") == 200) {
            admitted.incrementAndGet();
        }
        return session.remove("status");
    }

    private boolean asManyAsAllowed() {
        long most = Math.min(requests, bound.most(lastAnswerAt - askedAt));
        long fewest = Math.min(requests, bound.fewest());
        System.out.printf(
                "%d of %d requests were admitted (expected: %s)%n",
                admitted.get(), requests, fewest == most ? "exactly " + most : fewest + " to " + most);
        if (admitted.get() > most) {
            System.out.println("Does the gateway's log say that its store did not answer in time? Then limits whose"
                    + " on-store-failure is local were enforced by each node alone.");
        }
        return admitted.get() >= fewest && admitted.get() <= most;
    }
}
