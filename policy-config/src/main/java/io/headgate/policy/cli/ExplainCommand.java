package io.headgate.policy.cli;

import io.headgate.policy.PolicyLoader;
import io.headgate.policy.live.LiveGateway;
import io.headgate.policy.live.NoAnswer;
import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Grants;
import io.headgate.policy.match.PolicySet;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.match.RoutePattern;
import io.headgate.policy.net.IpAddress;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy explain}: what a policy says about one request, and where it says so. */
@Command(
        name = "explain",
        description = "Says which limits a request has to fit, and why.",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

    /** Segments . and .., also encoded, encoded slashes, and backslashes. */
    private static final Pattern AMBIGUOUS = Pattern.compile("(?i)/(?:\\.|%2e){1,2}(?:/|$)|%2f|%5c|\\\\");

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "<file|folder>", description = "the policy; not with --live")
    private @Nullable Path path;

    @Option(
            names = "--live",
            arity = "0..1",
            paramLabel = "<address>",
            fallbackValue = LiveOption.USUAL,
            converter = LiveOption.class,
            description = "the policy that this gateway has in force, and what is left now; " + LiveOption.USUAL
                    + " if no address is given")
    private @Nullable URI live;

    @Option(names = "--method", required = true, description = "HTTP method of the request")
    private String method;

    @Option(names = "--path", required = true, description = "path of the request, without query")
    private String requestPath;

    @Option(names = "--host", description = "host that the request asks for")
    private String host = "";

    @Option(names = "--header", paramLabel = "<name=value>", description = "header field of the request")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--ip", required = true, description = "address of the client")
    private String ip;

    @Option(names = "--user", description = "verified user; without one the caller is anonymous")
    private @Nullable String user;

    @Option(names = "--tenant", description = "the user's tenant")
    private @Nullable String tenant;

    @Option(names = "--plan", description = "plan that the credential names")
    private @Nullable String plan;

    @Option(names = "--claim", paramLabel = "<name=value>", description = "further claim of the credential")
    private Map<String, String> claims = new LinkedHashMap<>();

    @Option(names = "--scope", description = "scope that the credential was given; may be repeated")
    private Set<String> scopes = new LinkedHashSet<>();

    @Option(names = "--role", description = "role of the user; may be repeated")
    private Set<String> roles = new LinkedHashSet<>();

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ExplainCommand() {}

    @Override
    public Integer call() {
        RequestFacts facts = facts();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        PolicyLoader loader = new PolicyLoader();
        Path file = path;
        URI gateway = live;
        if (file != null && gateway == null) {
            Optional<PolicySet> policy = LoadedPolicy.of(file, loader, err);
            policy.ifPresent(known -> new ExplanationText(out).print(facts, known.explain(facts)));
            return policy.isPresent() ? ExitCode.OK : ExitCode.PROBLEMS;
        } else if (file == null && gateway != null) {
            Optional<PolicySet> policy = LoadedPolicy.running(gateway, loader, err);
            policy.ifPresent(known -> new ExplanationText(out).print(facts, known.explain(facts)));
            return policy.isPresent() && printLeft(gateway, facts, out, err) ? ExitCode.OK : ExitCode.PROBLEMS;
        }
        throw wrong("explain needs a policy, or --live, and not both");
    }

    private boolean printLeft(URI gateway, RequestFacts facts, PrintWriter out, PrintWriter err) {
        try {
            for (LiveGateway.Left left : new LiveGateway(gateway).left(facts, headers)) {
                Long remaining = left.remaining();
                out.println("left now  " + left.limit()
                        + (remaining == null ? "" : " " + remaining)
                        + (left.fits() ? ", it would pass" : ", it would not pass")
                        + (remaining == null || left.resetSeconds() == 0
                                ? ""
                                : (left.fits() ? "; more in " : " for ") + left.resetSeconds() + "s"));
            }
            return true;
        } catch (NoAnswer e) {
            err.println(e.getMessage());
            return false;
        }
    }

    private RequestFacts facts() {
        IpAddress address = IpAddress.parse(ip).orElseThrow(() -> wrong("--ip: " + ip + " (expected: an IP address)"));
        if (!requestPath.startsWith("/") || requestPath.contains("?")) {
            throw wrong("--path: " + requestPath + " (expected: a path such as /api/feed, without query)");
        }
        if (AMBIGUOUS.matcher(requestPath).find()) {
            throw wrong(
                    "--path: " + requestPath + " (expected: a path that has one meaning only; a gateway answers this"
                            + " one 400, or sees it without . and .. segments)");
        }
        String verb = method.toUpperCase(Locale.ROOT);
        if (!RoutePattern.KNOWN_METHODS.contains(verb)) {
            throw wrong("--method: " + method + " (expected: " + String.join(", ", RoutePattern.KNOWN_METHODS) + ")");
        }
        Grants grants = new Grants(scopes, roles);
        if (user == null && (tenant != null || plan != null || !claims.isEmpty() || !grants.equals(Grants.NONE))) {
            throw wrong("--tenant, --plan, --claim, --scope and --role need --user:"
                    + " an anonymous caller has none of them");
        }
        Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(headers);
        return new RequestFacts(
                verb,
                host.toLowerCase(Locale.ROOT),
                requestPath,
                fields::get,
                address,
                new Caller(user, tenant, plan, claims, grants));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
