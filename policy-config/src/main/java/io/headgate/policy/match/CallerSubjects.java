package io.headgate.policy.match;

import io.headgate.limiter.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The subjects of one request; limits that count by the same things share one digest. Not thread-safe. */
final class CallerSubjects {

    private final IdentityRules identity;
    private final RequestFacts facts;
    private final @Nullable Subject[] known;
    private @Nullable String network;
    private @Nullable Subject participant;
    private @Nullable Subject participantBeforeAuth;

    CallerSubjects(IdentityRules identity, RequestFacts facts, int recipes) {
        this.identity = identity;
        this.facts = facts;
        this.known = new Subject[recipes];
    }

    RequestFacts facts() {
        return facts;
    }

    /**
     * By whom rollouts tell callers apart: the user, or the network of whoever is not known, as before authentication
     * nobody is.
     */
    Subject participant(PlannedLimit.Stage stage) {
        if (stage == PlannedLimit.Stage.BEFORE_AUTH || facts.caller().user() == null) {
            if (participantBeforeAuth == null) {
                participantBeforeAuth = Subject.of(List.of(ip()));
            }
            return participantBeforeAuth;
        }
        if (participant == null) {
            participant = Subject.of("user", facts.caller().user());
        }
        return participant;
    }

    /** Whom the limit counts this caller as; {@code null} if it does not count the caller at all. */
    @Nullable
    Subject subject(RouteLimit limit) {
        Subject fixed = limit.fixedSubject();
        if (fixed != null) {
            return fixed;
        }
        Subject subject = known[limit.recipe()];
        if (subject == null) {
            List<Subject.Part> parts = parts(limit);
            if (parts == null) {
                return null;
            }
            subject = Subject.of(parts);
            known[limit.recipe()] = subject;
        }
        return subject;
    }

    /** The subject in words, such as {@code user alice}. Only for limits that count the caller. */
    String describe(RouteLimit limit) {
        List<Subject.Part> parts = parts(limit);
        if (parts == null) {
            return "nobody";
        }
        StringBuilder words = new StringBuilder();
        for (Subject.Part part : parts) {
            words.append(words.isEmpty() ? "" : " + ").append(part.kind());
            words.append(part.value().isEmpty() ? "" : " ").append(part.value());
        }
        return words.toString();
    }

    private @Nullable List<Subject.Part> parts(RouteLimit limit) {
        Caller caller = facts.caller();
        List<Subject.Part> parts = new ArrayList<>(2);
        for (SubjectKind kind : limit.per()) {
            Subject.Part part = switch (kind.source()) {
                case USER -> caller.user() == null ? ip() : new Subject.Part("user", caller.user());
                case TENANT -> part("tenant", caller.tenant());
                case CLAIM -> part(kind.toString(), caller.claims().get(kind.name()));
                case HEADER ->
                    part(
                            kind.toString(),
                            Objects.requireNonNullElse(facts.headers().value(kind.name()), ""));
                case IP -> ip();
                case ROUTE -> new Subject.Part("route", limit.route());
                case EVERYONE -> new Subject.Part("everyone", "");
            };
            if (part == null) {
                return null;
            }
            parts.add(part);
        }
        return parts;
    }

    private static Subject.@Nullable Part part(String kind, @Nullable String value) {
        return value == null ? null : new Subject.Part(kind, value);
    }

    private Subject.Part ip() {
        String text = network;
        if (text == null) {
            text = identity.clientNetwork(facts.ip()).toString();
            network = text;
        }
        return new Subject.Part("ip", text);
    }
}
