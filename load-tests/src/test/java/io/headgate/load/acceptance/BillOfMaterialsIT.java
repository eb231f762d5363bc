package io.headgate.load.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The gateway's jar says what it is made of. */
class BillOfMaterialsIT {

    private static final Path JAR = Path.of("../gateway-app/target/gateway-app.jar");

    @Test
    void everyLibraryInTheJarIsOnItsBill() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> libraries = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                    .map(name -> name.substring("BOOT-INF/lib/".length(), name.length() - ".jar".length()))
                    .toList();
            JarEntry bill = jar.getJarEntry("META-INF/sbom/application.cdx.json");
            assertThat(bill).as("the bill, which an offline build leaves out").isNotNull();
            String components = new String(jar.getInputStream(bill).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(libraries)
                    .hasSizeGreaterThan(50)
                    .allMatch(
                            library -> components.contains(purl(library)) || library.startsWith("spring-boot-jarmode"),
                            "on the bill");
        }
    }

    /** {@code netty-codec-4.2.17.Final} is {@code /netty-codec@4.2.17.Final} in a package URL; classifiers follow the version. */
    private static String purl(String library) {
        String[] parts = library.split("-(?=\\d)", 2);
        String version = parts[1].replaceFirst("-(linux|osx|windows)-.*$", "");
        return "/" + parts[0] + "@" + version;
    }
}
