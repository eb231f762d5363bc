package io.headgate.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The way of a request through the gateway's packages: each knows what comes after it, and none what comes before. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.headgate.gateway");

    @Test
    void nothing_inside_knows_the_edge() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.headgate.gateway.edge..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.headgate.gateway.edge..")
                .check(CLASSES);
    }

    @Test
    void limiting_knows_no_http() {
        noClasses()
                .that()
                .resideInAnyPackage("io.headgate.gateway.ratelimit..", "io.headgate.gateway.telemetry..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.headgate.gateway.response..",
                        "io.headgate.gateway.identity..",
                        "io.headgate.gateway.netty..",
                        "org.springframework.http..")
                .check(CLASSES);
    }

    @Test
    void one_package_opens_the_stores() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.headgate.gateway.ratelimit..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.redisson..", "com.hazelcast..", "io.headgate.limiter.hazelcast..")
                .check(CLASSES);
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("io.headgate.gateway.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
