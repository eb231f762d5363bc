package io.headgate.load.bench.store;

import io.headgate.limiter.redis.RedisLimitStore;
import io.headgate.load.bench.BenchRedis;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Redis' own {@code redis-benchmark} with the call of a limiter: the same script with the same arguments, on other keys each
 * time, by 50 connections that each wait for their answer. It can send no zero bytes, so the arguments that are not keys
 * are written into the script; the less it has to send.
 */
final class RedisBenchmark {

    private static final String PROGRAM = "redis-benchmark";
    private static final Pattern PER_SECOND = Pattern.compile("([\\d.]+) requests per second");
    /** What the program replaces by a number of so many digits. */
    private static final String RANDOM = "__rand_int__";

    private final List<String> words;

    private RedisBenchmark(List<String> words) {
        this.words = words;
    }

    static boolean installed() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(path)
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
    }

    /** Watches one decision of the limiter, and takes the call that it makes. */
    static RedisBenchmark of(Limiter limiter, BenchRedis redis) throws IOException {
        // The script is known from then on, so that the decision watched is one call by its digest.
        limiter.decide(0).toCompletableFuture().join();
        String call;
        try (RedisMonitor monitor = RedisMonitor.of(redis.port())) {
            limiter.decide(1).toCompletableFuture().join();
            call = monitor.next("\"EVALSHA\"");
        }
        List<byte[]> words = RedisMonitor.words(call);
        int keys = Integer.parseInt(text(words.get(2)));
        byte[] input = words.get(words.size() - 1);
        List<String> command = new ArrayList<>(
                List.of("EVALSHA", redis.load("local ARGV = { '" + quoted(input) + "' }\n" + script()), "" + keys));
        words.subList(3, 3 + keys).forEach(key -> command.add(onAnyKey(text(key))));
        return new RedisBenchmark(command);
    }

    private static String onAnyKey(String key) {
        return key.substring(0, key.length() - RANDOM.length()) + RANDOM;
    }

    private static String script() throws IOException {
        StringBuilder script = new StringBuilder();
        for (String part : List.of("clock.lua", "limits.lua")) {
            try (InputStream in = RedisLimitStore.class.getResourceAsStream(part)) {
                script.append(text(Objects.requireNonNull(in, part).readAllBytes()));
            }
        }
        return script.toString();
    }

    /** As Lua writes bytes. */
    private static String quoted(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte each : bytes) {
            text.append(String.format(Locale.ROOT, "\\%03d", each & 0xff));
        }
        return text.toString();
    }

    private static String text(byte[] word) {
        return new String(word, StandardCharsets.ISO_8859_1);
    }

    /** Calls per second; empty if it says nothing, and then its own words are on the console. */
    OptionalDouble run(int port, int callers, long calls) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                PROGRAM,
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-c",
                "50",
                "-P",
                "1",
                "-r",
                Integer.toString(callers),
                "-n",
                Long.toString(calls),
                "-q"));
        command.addAll(words);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = text(process.getInputStream().readAllBytes());
        Matcher matcher = PER_SECOND.matcher(said);
        double perSecond = -1;
        while (matcher.find()) {
            perSecond = Double.parseDouble(matcher.group(1));
        }
        if (process.waitFor() != 0 || perSecond < 0) {
            System.err.println(said);
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(perSecond);
    }
}
