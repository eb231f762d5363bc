package io.headgate.gateway.media;

import io.headgate.gateway.ratelimit.Admission;
import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.ratelimit.RequestSlots;
import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.limiter.Decision;
import io.headgate.limiter.Reservation;
import io.headgate.policy.match.Cost;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.Protocol;
import io.headgate.policy.match.TokenUnit;
import java.net.URI;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Uploads by tus, across the requests they are made of. The creation reserves; what it took stays with the upload, under
 * its path, until it is complete, deleted or gone, and then what did not arrive is given back.
 */
final class Uploads {

    private static final String LENGTH = "Upload-Length";
    private static final String OFFSET = "Upload-Offset";
    private static final String CONCAT = "Upload-Concat";
    private static final String EXPIRES = "Upload-Expires";
    private static final String UPLOAD = OpenUpload.class.getName();

    private final OpenUploads open;
    private final LimitGate gate;

    Uploads(OpenUploads open, LimitGate gate) {
        this.open = open;
        this.gate = gate;
    }

    /** The plan of an append without the limits that the upload's creation has paid already. */
    Mono<LimitPlan> unreserved(ServerWebExchange exchange, LimitPlan plan, Protocol.Tus tus) {
        if (!exchange.getRequest().getMethod().equals(HttpMethod.PATCH)) {
            return Mono.just(plan);
        }
        return open.find(path(exchange.getRequest())).map(found -> {
            found.ifPresent(upload -> exchange.getAttributes().put(UPLOAD, upload));
            return found.map(upload -> plan.with(toPay(plan, tus, upload))).orElse(plan);
        });
    }

    private static List<PlannedLimit> toPay(LimitPlan plan, Protocol.Tus tus, OpenUpload upload) {
        List<PlannedLimit> left = new ArrayList<>(plan.limits());
        left.removeIf(limit -> tus.unreserved().contains(limit.name())
                && limit.allowance() instanceof Allowance.Metered metered
                && upload.reserved(metered.charge().key().limit()));
        return left;
    }

    private static String path(ServerHttpRequest request) {
        return request.getURI().getRawPath();
    }

    /** Carries on a request for the path of an upload. */
    Mono<Void> carry(ServerWebExchange exchange, WebFilterChain chain, RequestSlots slots) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (method.equals(HttpMethod.POST)) {
            return create(exchange, chain, slots);
        } else if (method.equals(HttpMethod.PATCH)) {
            return append(exchange, chain, slots);
        }
        exchange.getResponse().beforeCommit(() -> Mono.defer(() -> told(exchange)));
        return chain.filter(exchange);
    }

    private Mono<Void> create(ServerWebExchange exchange, WebFilterChain chain, RequestSlots slots) {
        exchange.getResponse().beforeCommit(() -> Mono.defer(() -> created(exchange, slots)));
        return chain.filter(exchange);
    }

    private Mono<Void> created(ServerWebExchange exchange, RequestSlots slots) {
        HttpHeaders request = exchange.getRequest().getHeaders();
        ServerHttpResponse response = exchange.getResponse();
        URI location = response.getHeaders().getLocation();
        OptionalLong length = number(request, LENGTH);
        OpenUpload upload = reserved(exchange, length);
        if (!isSuccess(response)) {
            if (!upload.bytes().isEmpty()) {
                open.giveBack(upload, UploadEnd.REFUSED);
            }
            return Mono.empty();
        } else if (location == null || bringsTheEnd(exchange) || Cost.isConcatenation(request.getFirst(CONCAT))) {
            // All of it came with its creation or before, and nothing can be added to it.
            return Mono.empty();
        }
        OpenUpload begun = upload.at(number(response.getHeaders(), OFFSET).orElse(0), length);
        if (begun.isComplete()) {
            return Mono.empty();
        }
        OpenUpload held = begun.holding(slots.handOver()).expiring(expiry(response));
        return held.holdsAnything() ? open.keep(location.getRawPath(), held) : Mono.empty();
    }

    /** What the admission has taken for the bytes of the upload: as many as it declares, of limits that count them. */
    private static OpenUpload reserved(ServerWebExchange exchange, OptionalLong length) {
        List<OpenUpload.Hold> holds = new ArrayList<>(1);
        boolean shared = true;
        List<Verdict.Admitted> parts =
                Admission.of(exchange).map(Admission::standing).orElse(List.of());
        for (Verdict.Admitted part : parts) {
            if (part.reservation().isEmpty() || length.isEmpty()) {
                continue;
            }
            Verdict.Reservation taken = part.reservation().get();
            shared &= taken.admission().source() == Decision.Source.STORE;
            for (int i = 0; i < part.standings().size(); i++) {
                Standing standing = part.standings().get(i);
                if (standing.limit().unit() == TokenUnit.BYTES
                        && standing.charge().cost() == length.getAsLong()) {
                    holds.add(new OpenUpload.Hold(
                            standing.charge(), taken.admission().atMicros().get(i)));
                }
            }
        }
        long id = Reservation.of(List.of(), new Decision.Allowed(List.of(), Decision.Source.STORE, List.of()))
                .id();
        return new OpenUpload(id, shared, holds, List.of(), length, 0, Optional.empty());
    }

    private Mono<Void> append(ServerWebExchange exchange, WebFilterChain chain, RequestSlots slots) {
        OpenUpload upload = exchange.getAttribute(UPLOAD);
        if (upload == null) {
            return chain.filter(exchange);
        }
        slots.keep(upload.slots());
        CountedBody body = new CountedBody(exchange.getRequest());
        exchange.getResponse().beforeCommit(() -> Mono.defer(() -> appended(exchange, upload, body)));
        return Mono.using(
                () -> open.awake(path(exchange.getRequest()), upload).subscribe(),
                awake -> chain.filter(exchange.mutate().request(body).build())
                        .doOnCancel(() -> brokenOff(exchange, upload, body))
                        .doOnError(error -> brokenOff(exchange, upload, body)),
                Disposable::dispose);
    }

    private Mono<Void> appended(ServerWebExchange exchange, OpenUpload upload, CountedBody body) {
        String path = path(exchange.getRequest());
        ServerHttpResponse response = exchange.getResponse();
        OptionalLong offset = number(response.getHeaders(), OFFSET);
        if (isGone(response)) {
            return open.end(path, UploadEnd.GONE);
        } else if (isSuccess(response) && bringsTheEnd(exchange)) {
            long all = soFar(exchange, upload, body).offset();
            return open.complete(path, offset.orElse(all));
        } else if (!isSuccess(response) || offset.isEmpty()) {
            // A conflict or a lock says nothing new of the offset; after anything else the bytes may be there.
            return response.getStatusCode() != null && response.getStatusCode().is4xxClientError()
                    ? Mono.empty()
                    : open.keep(path, soFar(exchange, upload, body));
        }
        OpenUpload now = upload.at(
                        offset.getAsLong(), number(exchange.getRequest().getHeaders(), LENGTH))
                .expiring(expiry(response));
        return now.isComplete() ? open.complete(path, now.offset()) : open.keep(path, now);
    }

    /** Whether the request says that nothing comes after it (draft-ietf-httpbis-resumable-upload, "Upload-Complete"). */
    private static boolean bringsTheEnd(ServerWebExchange exchange) {
        return "?1".equals(exchange.getRequest().getHeaders().getFirst("Upload-Complete"));
    }

    private void brokenOff(ServerWebExchange exchange, OpenUpload upload, CountedBody body) {
        if (!exchange.getResponse().isCommitted()) {
            open.keep(path(exchange.getRequest()), soFar(exchange, upload, body))
                    .subscribe();
        }
    }

    /** Where the upload stands at most, after a body of which nobody has said how much of it has been kept. */
    private static OpenUpload soFar(ServerWebExchange exchange, OpenUpload upload, CountedBody body) {
        long from = number(exchange.getRequest().getHeaders(), OFFSET).orElse(upload.offset());
        return upload.at(Math.max(upload.offset(), from + body.passed()), OptionalLong.empty());
    }

    /** After a question about an upload, or its end. */
    private Mono<Void> told(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpResponse response = exchange.getResponse();
        String path = path(request);
        if (isGone(response)) {
            return open.end(path, UploadEnd.GONE);
        } else if (!isSuccess(response)) {
            return Mono.empty();
        } else if (request.getMethod().equals(HttpMethod.DELETE)) {
            return open.end(path, UploadEnd.TERMINATED);
        }
        OptionalLong offset = number(response.getHeaders(), OFFSET);
        return offset.isEmpty()
                ? Mono.empty()
                : open.find(path).flatMap(found -> resumed(path, found, offset, response));
    }

    /** Whoever asks where an upload stands is about to go on with it: its slots are renewed, its offset is known. */
    private Mono<Void> resumed(
            String path, Optional<OpenUpload> found, OptionalLong offset, ServerHttpResponse response) {
        if (found.isEmpty()) {
            return Mono.empty();
        }
        OpenUpload upload =
                found.get().at(offset.getAsLong(), OptionalLong.empty()).expiring(expiry(response));
        if (upload.isComplete()) {
            return open.complete(path, upload.offset());
        }
        gate.renew(upload.slots());
        return open.keep(path, upload);
    }

    private static boolean isSuccess(ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        return status != null && status.is2xxSuccessful();
    }

    private static boolean isGone(ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        return status != null && (status.value() == 404 || status.value() == 410);
    }

    /** When the backend is going to give the upload up (tus 1.0, "Upload-Expires"); empty if it does not say. */
    private static Optional<Instant> expiry(ServerHttpResponse response) {
        try {
            return Optional.ofNullable(response.getHeaders().getFirstZonedDateTime(EXPIRES))
                    .map(ZonedDateTime::toInstant);
        } catch (IllegalArgumentException e) {
            // No date.
            return Optional.empty();
        }
    }

    /** A count of bytes; empty if there is none, several, or something else. */
    static OptionalLong number(HttpHeaders headers, String name) {
        List<String> values = headers.getOrDefault(name, Collections.emptyList());
        String text = values.size() == 1 ? values.get(0) : "";
        boolean digits = !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
