package io.headgate.policy.lint;

import io.headgate.policy.source.PolicyText;
import io.headgate.policy.source.Problems;
import io.headgate.policy.source.SourceFile;
import io.headgate.policy.source.Value;
import io.headgate.policy.source.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What stands in the files, found by its keys: tells what a policy says from what it leaves to a default. */
final class Declarations {

    private final List<Value> files;

    private Declarations(List<Value> files) {
        this.files = files;
    }

    static Declarations of(PolicyText text) {
        Problems known = new Problems();
        List<Value> files = new ArrayList<>();
        for (SourceFile file : text.files()) {
            YamlReader.read(file, known).ifPresent(files::add);
        }
        return new Declarations(files);
    }

    /** The value under these keys, each within the one before. */
    Optional<Value> find(String... keys) {
        return files.stream().flatMap(file -> find(file, keys).stream()).findFirst();
    }

    private static Optional<Value> find(Value root, String... keys) {
        Optional<Value> found = Optional.of(root);
        for (String key : keys) {
            found = found.flatMap(value -> child(value, key));
        }
        return found;
    }

    private static Optional<Value> child(Value value, String key) {
        return value instanceof Value.Mapping mapping
                ? mapping.entries().stream()
                        .filter(entry -> entry.key().text().equals(key))
                        .map(Value.Entry::value)
                        .findFirst()
                : Optional.empty();
    }
}
