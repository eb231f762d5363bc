package io.headgate.policy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The borders of policy-config: it knows quotas but no store, and what reads files and commands stays at its rim. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.headgate.policy");

    @Test
    void the_policy_knows_neither_the_gateway_nor_its_framework_nor_a_shared_store() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.headgate.gateway..",
                        "io.headgate.limiter.redis..",
                        "io.headgate.limiter.hazelcast..",
                        "org.springframework..",
                        "reactor..",
                        "org.redisson..",
                        "com.hazelcast..")
                .check(CLASSES);
    }

    @Test
    void yaml_is_known_to_the_source_and_arguments_to_the_command_line() {
        onlyIn("io.headgate.policy.source..", "org.snakeyaml..");
        onlyIn("io.headgate.policy.cli..", "picocli..");
    }

    @Test
    void matching_a_request_knows_nothing_of_the_language() {
        noClasses()
                .that()
                .resideInAnyPackage("io.headgate.policy.match..", "io.headgate.policy.net..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.headgate.policy.language..")
                .check(CLASSES);
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("io.headgate.policy.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    private static void onlyIn(String home, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }
}
