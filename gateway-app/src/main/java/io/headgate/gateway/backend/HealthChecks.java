package io.headgate.gateway.backend;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/**
 * Asks instances how they are, each on its own and one question at a time. An instance that twice in a row answers anything
 * but 2xx, or nothing in time, is given no requests while others can take them; one good answer brings it back.
 */
final class HealthChecks implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(HealthChecks.class);

    /** A single bad answer may be bad luck. */
    private static final int BAD_ANSWERS = 2;

    private final List<Backend> backends;
    private final Duration interval;
    private final HttpClient client;
    private Disposable.@Nullable Composite questions;

    /**
     * Checks of those backends that have a path for it.
     *
     * @param interval from an answer to the next question, and the longest wait for an answer
     */
    HealthChecks(Backends backends, Duration interval) {
        this.backends = backends.all();
        this.interval = interval;
        this.client = HttpClient.newConnection().responseTimeout(interval).disableRetry(true);
    }

    @Override
    public synchronized void start() {
        Disposable.Composite all = Disposables.composite();
        for (Backend backend : backends) {
            backend.healthPath()
                    .ifPresent(path -> backend.instances().forEach(instance -> all.add(watch(instance, path))));
        }
        questions = all;
    }

    private Disposable watch(Instance instance, String path) {
        int[] badAnswers = {0};
        return ask(instance, path)
                .doOnNext(well -> {
                    badAnswers[0] = well ? 0 : badAnswers[0] + 1;
                    if (well || badAnswers[0] >= BAD_ANSWERS) {
                        note(instance, path, well);
                    }
                })
                .delayElement(interval)
                .repeat()
                .subscribe();
    }

    private Mono<Boolean> ask(Instance instance, String path) {
        return client.get()
                .uri(instance.uri() + path)
                .responseSingle((response, body) -> Mono.just(response.status().code() / 100 == 2))
                .timeout(interval)
                .onErrorReturn(false);
    }

    private static void note(Instance instance, String path, boolean well) {
        if (!instance.answersChecks(well)) {
            return;
        }
        if (well) {
            log.info("{} is well again, as {} says", instance.name(), path);
        } else {
            log.warn(
                    "{} is ill, as {} says: it is left alone while others can take its requests",
                    instance.name(),
                    path);
        }
    }

    @Override
    public synchronized void stop() {
        if (questions != null) {
            questions.dispose();
            questions = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return questions != null;
    }
}
