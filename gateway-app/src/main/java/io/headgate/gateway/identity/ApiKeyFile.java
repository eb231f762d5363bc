package io.headgate.gateway.identity;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Grants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads the file of API keys:
 *
 * <pre>{@code
 * keys:
 *   - { id: alice-laptop, sha256: 9f86d0…, user: u_alice, plan: free }
 *   - { id: acme-batch, sha256: 60303a…, user: svc-batch, tenant: acme, plan: pro, expires: 2027-01-01, scopes: [feed:write] }
 * }</pre>
 *
 * {@code expires} is a date, at whose beginning in UTC the key ends, or an instant such as {@code 2027-01-01T12:00:00Z}.
 * Every mistake in the file is found in one reading.
 */
final class ApiKeyFile {

    private static final Set<String> FIELDS =
            Set.of("id", "sha256", "user", "plan", "tenant", "expires", "scopes", "roles");
    private static final LoadSettings YAML = LoadSettings.builder()
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(0)
            .build();

    private final Path file;
    private final List<String> problems = new ArrayList<>();
    private final List<ApiKeys.Entry> entries = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final Map<Object, Integer> lines = new HashMap<>();

    private ApiKeyFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the file.
     *
     * @throws ApiKeysRejected naming everything that is wrong with it
     */
    static ApiKeys read(Path file, InstantSource clock) {
        return new ApiKeys(entries(file), clock);
    }

    /**
     * The keys in the file, in its order.
     *
     * @throws ApiKeysRejected naming everything that is wrong with it
     */
    static List<ApiKeys.Entry> entries(Path file) {
        return List.copyOf(reading(file).entries);
    }

    /** The line in which each key begins. */
    static List<Integer> lines(Path file) {
        return List.copyOf(reading(file).starts);
    }

    private static ApiKeyFile reading(Path file) {
        ApiKeyFile reading = new ApiKeyFile(file);
        try {
            new Compose(YAML)
                    .composeString(Files.readString(file))
                    .ifPresentOrElse(
                            reading::root, () -> reading.problem(1, "the file is empty (expected: keys: […])"));
        } catch (IOException e) {
            reading.problems.add(file + ": cannot be read: " + e.getClass().getSimpleName() + " (expected: a readable"
                    + " file of API keys, in UTF-8)");
        } catch (MarkedYamlEngineException e) {
            reading.problem(
                    e.getProblemMark()
                            .or(e::getContextMark)
                            .map(mark -> mark.getLine() + 1)
                            .orElse(1),
                    "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            reading.problem(1, "not YAML: " + e.getMessage());
        }
        if (!reading.problems.isEmpty()) {
            throw new ApiKeysRejected(file, reading.problems);
        }
        return reading;
    }

    private void root(Node root) {
        if (!(root instanceof MappingNode mapping)
                || mapping.getValue().size() != 1
                || !"keys".equals(text(mapping.getValue().get(0).getKeyNode()))
                || !(mapping.getValue().get(0).getValueNode() instanceof SequenceNode list)) {
            problem(line(root), "expected: one entry, keys, with a list");
            return;
        }
        list.getValue().forEach(this::entry);
    }

    private void entry(Node node) {
        if (!(node instanceof MappingNode mapping)) {
            problem(line(node), "expected: {id, sha256, user, plan, tenant?, expires?, scopes?, roles?}");
            return;
        }
        int before = problems.size();
        Map<String, Node> fields = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = text(tuple.getKeyNode());
            if (name == null || !FIELDS.contains(name)) {
                problem(
                        line(tuple.getKeyNode()),
                        name + ": unknown (expected: id, sha256, user, plan, tenant, expires, scopes, roles)");
            } else {
                fields.put(name, tuple.getValueNode());
            }
        }
        String id = required(fields, "id", node);
        String digest = required(fields, "sha256", node);
        String user = required(fields, "user", node);
        String plan = required(fields, "plan", node);
        String tenant = optional(fields, "tenant");
        Instant expires = expires(fields);
        Grants grants = new Grants(words(fields, "scopes"), words(fields, "roles"));
        Sha256 sha256 = digest == null ? null : sha256(digest, fields.getOrDefault("sha256", node));
        if (id != null) {
            unique(id, "id", node);
        }
        if (sha256 != null) {
            unique(sha256, "sha256", node);
        }
        if (problems.size() == before && id != null && sha256 != null) {
            starts.add(line(node));
            entries.add(new ApiKeys.Entry(id, sha256, new Caller(user, tenant, plan, Map.of(), grants), expires));
        }
    }

    private void unique(Object value, String field, Node node) {
        Integer first = lines.putIfAbsent(value, line(node));
        if (first != null) {
            problem(line(node), field + ": the same as in line " + first + " (expected: each key once)");
        }
    }

    private @Nullable String required(Map<String, Node> fields, String name, Node entry) {
        if (!fields.containsKey(name)) {
            problem(line(entry), name + ": missing");
        }
        return optional(fields, name);
    }

    private @Nullable String optional(Map<String, Node> fields, String name) {
        Node node = fields.get(name);
        if (node == null) {
            return null;
        }
        String text = text(node);
        if (text == null || text.isBlank()) {
            problem(line(node), name + ": expected a text that is not empty");
            return null;
        }
        return text;
    }

    private Set<String> words(Map<String, Node> fields, String name) {
        Node node = fields.get(name);
        if (node == null) {
            return Set.of();
        }
        Set<String> words = new LinkedHashSet<>();
        if (node instanceof SequenceNode list) {
            list.getValue().forEach(item -> words.add(Objects.requireNonNullElse(text(item), "")));
        }
        if (words.isEmpty() || words.stream().anyMatch(String::isBlank)) {
            problem(line(node), name + ": expected a list of texts, such as [feed:read]");
        }
        return words;
    }

    private @Nullable Sha256 sha256(String hex, Node at) {
        try {
            return new Sha256(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            // The value may be the key itself, put there by mistake: it must not reach a log.
            problem(line(at), "sha256: not a SHA-256 digest (expected: 64 hexadecimal digits)");
            return null;
        }
    }

    private @Nullable Instant expires(Map<String, Node> fields) {
        String text = optional(fields, "expires");
        if (text == null) {
            return null;
        }
        try {
            return instant(text);
        } catch (DateTimeException e) {
            problem(
                    Optional.ofNullable(fields.get("expires"))
                            .map(ApiKeyFile::line)
                            .orElse(1),
                    "expires: " + text + " (expected: a date such as 2027-01-01, or 2027-01-01T12:00:00Z)");
            return null;
        }
    }

    /**
     * The moment that {@code expires} names.
     *
     * @throws DateTimeException if it names none
     */
    static Instant instant(String text) {
        return text.length() == 10
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text);
    }

    private void problem(int line, String what) {
        problems.add(file + ":" + line + ": " + what);
    }

    private static @Nullable String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : null;
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
