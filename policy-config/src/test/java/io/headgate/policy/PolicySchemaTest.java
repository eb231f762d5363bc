package io.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.headgate.policy.source.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Keeps the schema, the parser and the guide of one mind about the keys of a policy. */
class PolicySchemaTest {

    private static final Path FILE = Path.of("policies/policy.schema.json");
    private static final Path GUIDE = Path.of("../docs/policy.md");
    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNode ROOT = JSON.readTree(FILE.toFile());
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /**
     * An object in the schema that takes some keys and no others.
     *
     * @param way how it is reached: keys, {@code *} for any name, {@code []} for an item
     */
    record Closed(List<String> way, JsonNode schema) {
        @Override
        public String toString() {
            return "/" + String.join("/", way);
        }
    }

    static List<Closed> closedObjects() {
        List<Closed> found = new ArrayList<>();
        collect(List.of(), ROOT, found);
        return found;
    }

    private static void collect(List<String> way, JsonNode schema, List<Closed> found) {
        if (schema.path("additionalProperties").isBoolean()) {
            found.add(new Closed(way, schema));
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            collect(plus(way, property.getKey()), property.getValue(), found);
        }
        if (schema.path("additionalProperties").isObject()) {
            collect(plus(way, "*"), schema.path("additionalProperties"), found);
        }
        if (schema.has("items")) {
            collect(plus(way, "[]"), schema.path("items"), found);
        }
        schema.path("anyOf").forEach(one -> collect(way, one, found));
    }

    private static List<String> plus(List<String> way, String step) {
        List<String> longer = new ArrayList<>(way);
        longer.add(step);
        return longer;
    }

    private static List<Error> errors(String yaml) {
        Schema schema = SCHEMAS.getSchema(JSON.writeValueAsString(ROOT), InputFormat.JSON);
        return schema.validate(yaml, InputFormat.YAML);
    }

    @ParameterizedTest
    @MethodSource("closedObjects")
    void theParserKnowsTheKeysOfTheSchemaAndNoOthers(Closed object) {
        String inner = "{ zzz: 1 }";
        for (int i = object.way().size() - 1; i >= 0; i--) {
            String step = object.way().get(i);
            inner = step.equals("[]")
                    ? "[" + inner + "]"
                    : "{ " + (step.equals("*") ? "feed" : step) + ": " + inner + " }";
        }
        LoadResult result = new PolicyLoader().parse("probe.yaml", inner);

        String message = ((LoadResult.Rejected) result)
                .problems().stream()
                        .filter(problem -> problem.code().equals("unknown-key"))
                        .map(Problem::message)
                        .findFirst()
                        .orElseThrow();
        Matcher expected =
                Pattern.compile("there is no key zzz \\(expected: (.*)\\)").matcher(message);
        assertThat(expected.find()).describedAs(message).isTrue();
        assertThat(new TreeSet<>(Arrays.asList(expected.group(1).split(", | or "))))
                .isEqualTo(new TreeSet<>(object.schema().path("properties").propertyNames()));
    }

    @Test
    void everyKeyIsDescribedWithExamplesThatAreValid() {
        assertThat(undescribed("", ROOT)).isEmpty();
    }

    private static List<String> undescribed(String way, JsonNode schema) {
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            JsonNode said = property.getValue();
            JsonNode meant =
                    said.has("$ref") ? ROOT.at(said.path("$ref").asString().substring(1)) : said;
            if (meant.path("description").asString("").isBlank()
                    || meant.path("examples").isEmpty()) {
                found.add(way + "/" + property.getKey() + " has no description or no examples");
            }
            ObjectNode alone = (ObjectNode) meant.deepCopy();
            alone.set("$defs", ROOT.path("$defs"));
            Schema schemaAlone = SCHEMAS.getSchema(JSON.writeValueAsString(alone), InputFormat.JSON);
            for (JsonNode example : meant.path("examples")) {
                if (!schemaAlone
                        .validate(JSON.writeValueAsString(example), InputFormat.JSON)
                        .isEmpty()) {
                    found.add(way + "/" + property.getKey() + ": " + example + " is no example of it");
                }
            }
            found.addAll(undescribed(way + "/" + property.getKey(), said));
        }
        if (schema.path("additionalProperties").isObject()) {
            found.addAll(undescribed(way + "/*", schema.path("additionalProperties")));
        }
        found.addAll(undescribedIn(way, schema));
        return found;
    }

    private static List<String> undescribedIn(String way, JsonNode schema) {
        List<String> found = new ArrayList<>();
        if (schema.has("items")) {
            found.addAll(undescribed(way + "/[]", schema.path("items")));
        }
        schema.path("anyOf").forEach(one -> found.addAll(undescribed(way, one)));
        return found;
    }

    static Stream<String> goodPolicies() throws IOException {
        Stream<String> examples = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(GUIDE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .map(yaml -> yaml.startsWith("apiVersion") ? yaml : "apiVersion: limits/v1\nkind: Policy\n" + yaml)
                .filter(yaml -> new PolicyLoader().parse("policy.yaml", yaml) instanceof LoadResult.Loaded);
        return Stream.concat(Stream.of(Files.readString(Path.of("policies/public-api.yaml"))), examples);
    }

    @ParameterizedTest
    @MethodSource("goodPolicies")
    void whatLoadsIsValid(String yaml) {
        assertThat(errors(yaml)).isEmpty();
    }

    @Test
    void whatAnEditorCanSeeToBeWrongIsNotValid() {
        String head = "apiVersion: limits/v1\nkind: Policy\n";
        assertThat(errors(head + "limits: { api: { per: ip, rate: 60/min, brust: 20 } }"))
                .isNotEmpty();
        assertThat(errors(head + "routes: { all: { match: /**, limits: [api], mode: off } }"))
                .isNotEmpty();
        assertThat(errors(head + "limits: { api: { rate: 60/min } }")).isNotEmpty();
        assertThat(errors("kind: Policy")).isNotEmpty();
    }

    @Test
    void theGuideHasEveryKey() throws IOException {
        String guide = Files.readString(GUIDE);
        for (Closed object : closedObjects()) {
            for (String key : object.schema().path("properties").propertyNames()) {
                assertThat(guide).describedAs(object + "/" + key).containsPattern("\\b" + Pattern.quote(key) + "\\b");
            }
        }
    }

    @Test
    void theShippedPolicyNamesTheSchemaToEditors() throws IOException {
        assertThat(Files.readString(Path.of("policies/public-api.yaml")))
                .startsWith("# yaml-language-server: $schema=" + FILE.getFileName() + "\n");
    }
}
