package io.headgate.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The chart in this module, seen through Helm itself. */
final class Chart {

    static final Path FOLDER = Path.of("headgate");

    /** The lowest version in the chart's {@code kubeVersion}: what is rendered for it must work from there on. */
    static final String OLDEST_KUBERNETES = "1.30.0";

    private Chart() {}

    /** @throws IllegalStateException with Helm's message if the values are refused */
    static Manifests render(Path... valueFiles) {
        return render(OLDEST_KUBERNETES, valueFiles);
    }

    static Manifests render(String kubernetes, Path... valueFiles) {
        return render(template(kubernetes, valueFiles));
    }

    /** As {@code --set-file key=file} on the command line. */
    static Manifests renderWithFile(String key, Path file, Path... valueFiles) {
        return render(template(OLDEST_KUBERNETES, valueFiles).setFile(key, file));
    }

    private static Manifests render(TemplateCommand template) {
        return Manifests.parse(template.call());
    }

    private static TemplateCommand template(String kubernetes, Path... valueFiles) {
        TemplateCommand template = new Helm(FOLDER)
                .template()
                .withName("limits")
                .withNamespace("edge")
                .withKubeVersion(kubernetes);
        for (Path file : valueFiles) {
            template.withValuesFile(file);
        }
        return template;
    }

    /** Lints a copy of the chart whose defaults are the given values, because Helm's lint here takes no others. */
    static LintResult lint(Path valueFile, Path scratch) {
        try {
            copyTo(scratch);
            Path defaults = scratch.resolve("values.yaml");
            Files.writeString(defaults, Yaml.merge(Files.readString(defaults), Files.readString(valueFile)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Helm(scratch).lint().strict().call();
    }

    private static void copyTo(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Path copy = target.resolve(FOLDER.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }
}
