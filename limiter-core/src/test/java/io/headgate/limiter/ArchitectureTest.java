package io.headgate.limiter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The borders inside limiter-core: what a user of one store need not have on the class path stays in its package. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.headgate.limiter");

    private static final DescribedPredicate<JavaAccess<?>> READS_A_WALL_CLOCK =
            DescribedPredicate.describe("a wall clock is read", access -> {
                String owner = access.getTargetOwner().getName();
                String name = access.getName();
                return owner.equals("java.time.Clock")
                        || owner.equals("java.util.Date")
                        || (owner.startsWith("java.time.") && name.equals("now"))
                        || (owner.equals("java.lang.System") && name.equals("currentTimeMillis"));
            });

    @Test
    void the_core_and_the_algorithms_depend_on_nothing_but_the_jdk() {
        classes()
                .that()
                .resideInAnyPackage("io.headgate.limiter", "io.headgate.limiter.algorithm")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.headgate.limiter", "io.headgate.limiter.algorithm")
                .check(CLASSES);
    }

    @Test
    void the_core_does_not_know_the_algorithms() {
        noClasses()
                .that()
                .resideInAPackage("io.headgate.limiter")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.headgate.limiter.algorithm")
                .check(CLASSES);
    }

    @Test
    void each_store_library_is_known_to_one_package() {
        onlyIn("io.headgate.limiter.redis..", "org.redisson..");
        onlyIn("io.headgate.limiter.hazelcast..", "com.hazelcast..");
        onlyIn("io.headgate.limiter.bucket4j..", "io.github.bucket4j..");
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("io.headgate.limiter.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /**
     * A wall clock that is wrong changes nothing that is decided, remembered, stocked or timed. It sets the clocks of the
     * store in process and of a Hazelcast member when they begin, and tells Redis about which days of the calendar to ask.
     */
    @Test
    void wall_clocks_are_read_in_three_places_only() {
        noClasses()
                .that()
                .doNotHaveSimpleName("LocalLimitStore")
                .and()
                .doNotHaveSimpleName("MemberClock")
                .and()
                .doNotHaveSimpleName("RedisLimitStore")
                .should()
                .accessTargetWhere(READS_A_WALL_CLOCK)
                .check(CLASSES);
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
