package io.headgate.load.bench;

import io.headgate.load.ChildProcess;
import io.headgate.load.bench.policy.PolicySize;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Which gateways are compared, and what is divided by what. */
enum Lineup {
    /** This gateway with four exact limits and with none, and the stock Spring Cloud Gateway with and without four of its own. */
    GATEWAY {
        @Override
        void enter(Contest contest) throws IOException, InterruptedException, ChildProcess.Failed {
            contest.headgate("headgate-limits", Contest.unpacked("four-limits.yaml"), true);
            contest.headgate("headgate-none", Contest.unpacked("no-limits.yaml"), false);
            contest.stock("stock-limits", true);
            contest.stock("stock-none", false);
        }

        @Override
        List<Comparison> comparisons() {
            return List.of(
                    Comparison.ofThroughput("headgate-limits", "headgate-none"),
                    Comparison.ofThroughput("headgate-limits", "stock-none"),
                    Comparison.ofThroughput("headgate-limits", "stock-limits"),
                    Comparison.ofThroughput("stock-limits", "stock-none"));
        }

        @Override
        List<String> paths() {
            return List.of("/api/feed/hello");
        }
    },
    /** This gateway with a policy of ten routes and four limits, and with one of a thousand routes and a hundred limits. */
    POLICY {
        @Override
        void enter(Contest contest) throws IOException, InterruptedException, ChildProcess.Failed {
            contest.headgate("small-policy", PolicySize.SMALL.policy(), true);
            contest.headgate("large-policy", PolicySize.LARGE.policy(), true);
        }

        @Override
        List<Comparison> comparisons() {
            return List.of(
                    Comparison.ofThroughput("large-policy", "small-policy"),
                    Comparison.ofProcessorTime("large-policy", "small-policy"));
        }

        @Override
        List<String> paths() {
            return PolicySize.paths();
        }
    },
    /** This gateway without anybody telling who they are, with tokens that it knows already, and with API keys. */
    AUTH {
        @Override
        void enter(Contest contest) throws IOException, InterruptedException, ChildProcess.Failed {
            String policy = Contest.unpacked("no-limits.yaml");
            Credentials credentials = contest.credentials();
            contest.headgate("nobody", policy, false, List.of(""), List.of());
            contest.headgate("tokens", policy, false, credentials.tokens(), credentials.tokenSettings());
            contest.headgate("keys", policy, false, credentials.apiKeys(), credentials.apiKeySettings());
        }

        @Override
        List<Comparison> comparisons() {
            return List.of(
                    Comparison.ofThroughput("tokens", "nobody"),
                    Comparison.ofThroughput("keys", "nobody"),
                    Comparison.ofProcessorTime("tokens", "nobody"),
                    Comparison.ofProcessorTime("keys", "nobody"));
        }

        @Override
        List<String> paths() {
            return List.of("/api/feed/hello");
        }
    };

    /** Starts the contenders, each with its limits. */
    abstract void enter(Contest contest) throws IOException, InterruptedException, ChildProcess.Failed;

    abstract List<Comparison> comparisons();

    /** What the load asks for. */
    abstract List<String> paths();

    /** Its name on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
