package io.headgate.gateway.policy;

import io.headgate.gateway.ratelimit.LimitGate;
import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.response.Seconds;
import io.headgate.policy.match.LimitPlan;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.Rollout;
import io.headgate.policy.match.RolloutRule;
import io.headgate.policy.source.SourceFile;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/**
 * {@code /actuator/limits}, for operators and the {@code policy} command: {@code policy} is the text in force or an earlier
 * one, {@code history} what became of edits, {@code standing} how a caller stands with the limits of a request, which
 * can also be forgotten.
 */
@Endpoint(id = "limits")
final class LimitsOperations {

    private static final Logger log = LoggerFactory.getLogger(LimitsOperations.class);

    private final PolicyHistory history;
    private final Supplier<PolicySet> policies;
    private final LimitGate gate;

    LimitsOperations(PolicyHistory history, Supplier<PolicySet> policies, LimitGate gate) {
        this.history = history;
        this.policies = policies;
        this.gate = gate;
    }

    /**
     * Answers one of the questions.
     *
     * @param what {@code policy}, {@code history} or {@code standing}
     */
    @ReadOperation
    Mono<Map<String, Object>> read(
            @Selector String what,
            @Nullable Long revision,
            @Nullable String method,
            @Nullable String host,
            @Nullable String path,
            @Nullable String ip,
            @Nullable String user,
            @Nullable String tenant,
            @Nullable String plan,
            @Nullable List<String> claim,
            @Nullable List<String> header) {
        // A complaint becomes an answer only where it comes out of a Mono.
        return switch (what) {
            case "policy" -> Mono.fromSupplier(() -> policy(revision));
            case "history" -> Mono.fromSupplier(this::revisions);
            case "standing" ->
                Mono.defer(() ->
                        standing(matched(new AskedRequest(method, host, path, ip, user, tenant, plan, claim, header))));
            default -> Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND));
        };
    }

    /**
     * Forgets what has been counted of a caller: the counters that a request is held against by some of its limits.
     *
     * @param what {@code standing}
     * @param limit names of the limits; none is forgotten that is not named, for others may share it
     * @return how the caller stands then
     */
    @DeleteOperation
    Mono<Map<String, Object>> forget(
            @Selector String what,
            @Nullable String method,
            @Nullable String host,
            @Nullable String path,
            @Nullable String ip,
            @Nullable String user,
            @Nullable String tenant,
            @Nullable String plan,
            @Nullable List<String> claim,
            @Nullable List<String> header,
            @Nullable List<String> limit) {
        if (!what.equals("standing")) {
            return Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND));
        }
        return Mono.defer(() -> {
            LimitPlan matched = matched(new AskedRequest(method, host, path, ip, user, tenant, plan, claim, header));
            List<PlannedLimit> named = named(matched, limit == null ? List.of() : limit);
            return Mono.fromCompletionStage(gate.forget(named)).flatMap(done -> {
                if (!done) {
                    return Mono.error(new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE));
                }
                log.info("An operator had the limits {} forget a caller", limit);
                return standing(matched);
            });
        });
    }

    private static List<PlannedLimit> named(LimitPlan plan, List<String> names) {
        Set<String> known = new LinkedHashSet<>();
        plan.limits().forEach(limit -> known.add(limit.name()));
        if (names.isEmpty() || !known.containsAll(names)) {
            throw AskedRequest.wrong("limit: " + (names.isEmpty() ? "missing" : String.join(", ", names))
                    + " (expected: some of " + String.join(", ", known) + ")");
        }
        return plan.limits().stream()
                .filter(limit -> names.contains(limit.name()))
                .toList();
    }

    private LimitPlan matched(AskedRequest request) {
        return policies.get().match(request.facts());
    }

    private Map<String, Object> revisions() {
        List<Map<String, Object>> revisions = new ArrayList<>();
        history.revisions().forEach(revision -> revisions.add(listed(revision)));
        List<Map<String, Object>> refused = history.refusals().stream()
                .map(edit -> Map.<String, Object>of(
                        "at", edit.at().toString(), "problems", edit.problems(), "first", edit.first()))
                .toList();
        return Map.of("revisions", revisions, "refused", refused);
    }

    private Map<String, Object> policy(@Nullable Long number) {
        PolicyHistory.Revision revision = number == null
                ? history.latest()
                : history.revision(number).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        Map<String, Object> answer = listed(revision);
        List<Map<String, String>> files = new ArrayList<>();
        for (SourceFile file : revision.text().files()) {
            files.add(Map.of("name", file.name(), "text", file.text()));
        }
        answer.put("files", files);
        if (revision.number() == history.latest().number()) {
            answer.put("rollouts", rollouts(revision.policy()));
        }
        return answer;
    }

    /** What is being tried, and whether it goes on. */
    static List<Map<String, Object>> rollouts(PolicySet policy) {
        List<Map<String, Object>> rollouts = new ArrayList<>();
        for (Rollout rollout : policy.rollouts()) {
            RolloutRule rule = rollout.rule();
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", rule.name());
            entry.put("mode", rule.mode().name().toLowerCase(Locale.ROOT));
            entry.put("percent", rule.percent());
            rule.stopIf().ifPresent(condition -> entry.put("stopIf", condition.toString()));
            entry.put("stopped", rollout.stopped());
            rollouts.add(entry);
        }
        return rollouts;
    }

    private static Map<String, Object> listed(PolicyHistory.Revision revision) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("revision", revision.number());
        entry.put("hash", revision.text().hash());
        entry.put("since", revision.since().toString());
        String owner = revision.policy().metadata().owner();
        if (owner != null) {
            entry.put("owner", owner);
        }
        entry.put("changes", revision.changes());
        return entry;
    }

    private Mono<Map<String, Object>> standing(LimitPlan plan) {
        return Mono.fromCompletionStage(gate.look(plan.limits())).map(standings -> {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("route", plan.route() == null ? "" : plan.route());
            answer.put("plan", plan.plan());
            answer.put(
                    "limits",
                    standings
                            .map(known -> limits(plan, known))
                            .orElseThrow(() -> new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE)));
            return answer;
        });
    }

    private static List<Map<String, Object>> limits(LimitPlan plan, List<Standing> standings) {
        List<Map<String, Object>> limits = new ArrayList<>();
        Iterator<Standing> counted = standings.iterator();
        for (PlannedLimit limit : plan.limits()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", limit.name());
            entry.put("allows", limit.words());
            entry.put("mode", limit.mode().name().toLowerCase(Locale.ROOT));
            entry.put("fits", limit.allowance() instanceof Allowance.Unlimited);
            if (limit.allowance() instanceof Allowance.Metered) {
                Standing standing = counted.next();
                entry.put("fits", !standing.refuses());
                entry.put("remaining", standing.usage().remaining());
                entry.put("reset", Seconds.roundedUp(standing.resetMicros()));
            }
            limits.add(entry);
        }
        return limits;
    }
}
