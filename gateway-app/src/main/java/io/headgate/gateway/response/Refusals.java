package io.headgate.gateway.response;

import io.headgate.gateway.identity.AuthenticationFailure;
import io.headgate.gateway.ratelimit.Standing;
import io.headgate.gateway.ratelimit.Verdict;
import io.headgate.policy.match.Access;
import io.headgate.policy.match.ByteWords;
import io.headgate.policy.match.Cost;
import io.headgate.policy.match.PlannedLimit;
import io.headgate.policy.match.PlannedLimit.Allowance;
import io.headgate.policy.match.Responses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** Puts refusals into words and numbers that a client can act on. */
public final class Refusals {

    /** When to ask again after the store gave no answer: about as long as it takes to notice that it is back. */
    private static final long UNDECIDED_SECONDS = 5;

    private static final long LONGEST_SPREAD_SECONDS = 30;

    private final Responses responses;

    /** Refusals in the manner of a policy. */
    public Refusals(Responses responses) {
        this.responses = responses;
    }

    /**
     * The client has to wait.
     *
     * @param plan name of its plan
     * @param client number that tells clients apart, by which their return is spread
     */
    public Problem waitFor(Verdict.Refused refused, String plan, int client) {
        List<Standing> violated = new ArrayList<>(refused.standings());
        violated.removeIf(standing -> !standing.refuses());
        violated.sort(Comparator.comparingLong(standing -> -standing.usage().waitMicros()));
        Standing longest = violated.get(0);
        long seconds = spread(Seconds.roundedUp(longest.usage().waitMicros()), client);
        boolean capacity =
                violated.stream().allMatch(standing -> standing.limit().denyStatus() == 503);
        Problem problem = capacity
                ? reducedCapacity("The service is at capacity. Try again in " + Seconds.inWords(seconds) + ".")
                : quotaExceeded(
                        HttpStatus.TOO_MANY_REQUESTS,
                        plan,
                        allowance(longest.limit(), plan) + " Wait " + Seconds.inWords(seconds) + ".");
        List<String> names = violated.stream()
                .map(Standing::limit)
                .filter(PlannedLimit::advertise)
                .map(PlannedLimit::name)
                .toList();
        Problem named = names.isEmpty() ? problem : problem.with("violated-policies", names);
        return named.retryAfter(OptionalLong.of(seconds));
    }

    /** Waiting does not help: the plan does not include it, or what it allows is less than this request brings or says. */
    public Problem notIncluded(Verdict.Excluded excluded, String plan) {
        PlannedLimit limit = excluded.limit();
        Allowance allowance = limit.allowance();
        if (allowance instanceof Allowance.Undeclared undeclared) {
            return Problem.of(
                    HttpStatus.LENGTH_REQUIRED, "The request has to declare its size " + place(undeclared) + ".");
        }
        Problem problem = allowance instanceof Allowance.TooLittle little
                ? quotaExceeded(
                        HttpStatus.CONTENT_TOO_LARGE,
                        plan,
                        allowance(limit, plan) + " This request brings " + ByteWords.of(little.cost()) + ".")
                : quotaExceeded(
                        HttpStatus.TOO_MANY_REQUESTS,
                        plan,
                        "The " + plan + " plan does not include this: its limit \"" + limit.name() + "\" is 0.");
        return limit.advertise() ? problem.with("violated-policies", List.of(limit.name())) : problem;
    }

    /** Another playback of the caller has taken the place of this one, which waiting does not change. */
    public Problem superseded(Verdict.Superseded superseded, String plan) {
        PlannedLimit limit = superseded.limit();
        Problem problem = quotaExceeded(
                HttpStatus.FORBIDDEN,
                plan,
                allowance(limit, plan) + " This playback has ended, since another one began.");
        return limit.advertise() ? problem.with("violated-policies", List.of(limit.name())) : problem;
    }

    private static String place(Allowance.Undeclared undeclared) {
        return undeclared.cost() instanceof Cost.Declared declared
                ? "as one whole number of bytes in " + declared.source().field()
                : "in bytes";
    }

    /** The caller is on the block list. Why is between the caller and whoever put it there. */
    public Problem blocked() {
        return Problem.of(HttpStatus.FORBIDDEN, "Access is blocked.");
    }

    /**
     * The caller is not what the route requires.
     *
     * @param access what it lacks, which is not a credential
     * @param plan name of its plan
     */
    public Problem forbidden(Access access, String plan) {
        if (access instanceof Access.NeedsPlan needed) {
            Problem problem = Problem.of(
                            HttpStatus.FORBIDDEN,
                            "The " + plan + " plan does not include this. Plans that do: "
                                    + String.join(", ", needed.plans()) + ".")
                    .with("plan", plan);
            return linked(problem);
        } else if (access instanceof Access.NeedsScopes needed) {
            String scopes = String.join(" ", needed.scopes());
            return Problem.of(HttpStatus.FORBIDDEN, "The credential was not given the scope that this needs: " + scopes)
                    .withHeader(
                            HttpHeaders.WWW_AUTHENTICATE,
                            "Bearer error=\"insufficient_scope\", scope=\"" + scopes + "\"");
        }
        // Roles are the operators' names for people, and tell an attacker whom to try next.
        return Problem.of(HttpStatus.FORBIDDEN, "The caller has none of the roles that this needs.");
    }

    /** Nobody can tell whether the request fits. */
    public Problem undecided() {
        return reducedCapacity("The limits of this request cannot be checked at the moment. Try again in "
                        + Seconds.inWords(UNDECIDED_SECONDS) + ".")
                .retryAfter(OptionalLong.of(UNDECIDED_SECONDS));
    }

    /** The client's credential is not accepted. */
    public Problem unauthenticated(AuthenticationFailure failure) {
        if (failure.status() == HttpStatus.SERVICE_UNAVAILABLE) {
            return reducedCapacity(failure.detail()).retryAfter(OptionalLong.of(UNDECIDED_SECONDS));
        }
        return Problem.of(failure.status(), failure.detail())
                .withHeader(HttpHeaders.WWW_AUTHENTICATE, failure.challenge());
    }

    private static String allowance(PlannedLimit limit, String plan) {
        return limit.advertise()
                ? "The " + plan + " plan allows " + limit.words() + "."
                : "There are too many requests.";
    }

    private Problem quotaExceeded(HttpStatus status, String plan, String detail) {
        Problem problem = Problem.of(status, ProblemTypes.quotaExceeded(responses), ProblemTypes.QUOTA_EXCEEDED, detail)
                .with("plan", plan);
        return linked(problem);
    }

    private Problem linked(Problem problem) {
        Problem linked = responses.docs() == null
                ? problem
                : problem.with("docs", responses.docs().toString());
        return responses.upgrade() == null
                ? linked
                : linked.with("upgrade", responses.upgrade().toString());
    }

    private Problem reducedCapacity(String detail) {
        return ProblemTypes.temporaryReducedCapacity(responses, detail);
    }

    /**
     * A little later, by up to a tenth, at least a second and at most half a minute, and always the same for the same
     * client: so those who were refused together do not come back together.
     */
    private static long spread(long seconds, int client) {
        long range = Math.min(LONGEST_SPREAD_SECONDS, Math.max(1, seconds / 10));
        // The low bits of a hash of short strings are not spread well; those of the product's upper half are.
        long mixed = (client * 0x9e3779b97f4a7c15L) >>> 32;
        return seconds + mixed % (range + 1);
    }
}
