package io.forebay.server;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows of DESIGN section 2: they point down only, and packages of a module form no circle. */
class ModuleRulesTest {
    /** Which modules of ours a module may use. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "model", Set.of(),
            "wal", Set.of(),
            "index", Set.of("model"),
            "engine", Set.of("model", "wal", "index"),
            "etl", Set.of("model", "engine"),
            "client", Set.of("model"),
            "server", Set.of("model", "engine", "etl", "client", "wal"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // What engine's tests lend to ours.
            .withImportOption(location -> !location.contains("-tests.jar")).importPackages("io.forebay");

    @ParameterizedTest
    @ValueSource(strings = {"model", "wal", "index", "engine", "etl", "client", "server"})
    void arrowsPointDownOnly(String module) {
        assertThat(CLASSES.stream().anyMatch(c -> c.getPackageName().startsWith("io.forebay." + module)))
                .as("classes of " + module).isTrue();
        List<String> forbidden = new ArrayList<>(List.of("io.forebay.bench.."));
        for (String other : MAY_USE.keySet()) {
            if (!other.equals(module) && !MAY_USE.get(module).contains(other)) {
                forbidden.add("io.forebay." + other + "..");
            }
        }
        noClasses().that().resideInAPackage("io.forebay." + module + "..").should().dependOnClassesThat()
                .resideInAnyPackage(forbidden.toArray(String[]::new)).check(CLASSES);
    }

    @Test
    void onlyTheCommandLineLooksIntoTheLog() {
        noClasses().that().resideInAPackage("io.forebay.server..").and()
                .resideOutsideOfPackages("io.forebay.server.cli", "io.forebay.server.doctor").should()
                .dependOnClassesThat()
                .resideInAPackage("io.forebay.wal..").check(CLASSES);
    }

    @Test
    void packagesFormNoCircle() {
        // A slice is a package, the root package of a module too. main() is above all packages, wherever it stands.
        slices().matching("io.forebay.(**)").should().beFreeOfCycles()
                .ignoreDependency(name("io.forebay.server.Main"), alwaysTrue()).check(CLASSES);
    }

    @Test
    void librariesStayBehindTheirModules() {
        noClasses().that().resideOutsideOfPackage("io.forebay.wal..").should().dependOnClassesThat()
                .resideInAPackage("net.openhft..").check(CLASSES);
        // TableCheck hands the import database, which is etl's, to the check of tables, which is the index's.
        noClasses().that().resideOutsideOfPackages("io.forebay.index..", "io.forebay.etl..").and()
                .doNotHaveSimpleName("TableCheck").should()
                .dependOnClassesThat().resideInAPackage("org.rocksdb..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.forebay.index..").should().dependOnClassesThat()
                .resideInAPackage("com.github.jelmerk..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.forebay.server..").should().dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "io.micrometer..", "picocli..").check(CLASSES);
        noClasses().that().resideInAnyPackage("io.forebay.model..").should().dependOnClassesThat()
                .resideOutsideOfPackages("io.forebay.model..", "java..", "org.jspecify..").check(CLASSES);
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        Set<String> silent = new TreeSet<>();
        for (Path file : Sources.main()) {
            Path info = file.resolveSibling("package-info.java");
            if (!Files.exists(info) || !Files.readString(info).contains("/**")) {
                silent.add(Sources.root().relativize(file.getParent()).toString());
            }
        }
        assertThat(silent).isEmpty();
    }
}
