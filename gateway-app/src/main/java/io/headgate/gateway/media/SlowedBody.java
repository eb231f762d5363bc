package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A request whose body is read as its brakes allow. What waits is one piece; the rest stays in the socket, and so with the
 * client: nothing is kept here.
 */
final class SlowedBody extends ServerHttpRequestDecorator {

    private final List<Brake> brakes;

    private SlowedBody(ServerHttpRequest request, List<Brake> brakes) {
        super(request);
        this.brakes = brakes;
    }

    /** The request with what its route says about bodies. */
    static SlowedBody of(
            ServerHttpRequest request, LimitPlan plan, Protocol.Tus tus, LimitGate gate, UploadMeters meters) {
        List<Brake> brakes = new ArrayList<>(2);
        tus.bytesPerSecond().ifPresent(rate -> brakes.add(meters.paced(new Pace(rate, System::nanoTime))));
        List<PlannedLimit> inFlight = plan.inFlight();
        if (!inFlight.isEmpty()) {
            long expected = Math.max(0, request.getHeaders().getContentLength());
            brakes.add(meters.heldByLimits(new LimitBrake(gate, plan.plan(), inFlight, expected)));
        }
        return new SlowedBody(request, brakes);
    }

    boolean isSlowed() {
        return !brakes.isEmpty();
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return super.getBody().concatMap(this::held, 1);
    }

    private Mono<DataBuffer> held(DataBuffer piece) {
        AtomicBoolean ours = new AtomicBoolean(true);
        Runnable drop = () -> {
            if (ours.compareAndSet(true, false)) {
                DataBufferUtils.release(piece);
            }
        };
        Mono<Void> released = Mono.empty();
        for (Brake brake : brakes) {
            released = released.then(Mono.defer(() -> brake.release(piece.readableByteCount())));
        }
        return released.then(Mono.fromSupplier(() -> {
                    ours.set(false);
                    return piece;
                }))
                .doOnCancel(drop)
                .doOnError(error -> drop.run());
    }
}
