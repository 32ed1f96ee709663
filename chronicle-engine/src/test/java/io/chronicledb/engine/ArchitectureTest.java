package io.chronicledb.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The layers of the engine, from the bottom: a package uses what is below it. */
@AnalyzeClasses(packages = "io.chronicledb", importOptions = ArchitectureTest.MainClasses.class)
class ArchitectureTest {

  /** ArchUnit's own option knows {@code target/test-classes} only, and a build may have its output elsewhere. */
  static final class MainClasses implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/");
    }
  }

  private static final String ENGINE = "io.chronicledb.engine";

  private static String[] packages(String... names) {
    var packages = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      packages[i] = ENGINE + "." + names[i];
    }
    return packages;
  }

  @ArchTest
  static final ArchRule layersUseOnlyWhatIsBelow = layeredArchitecture()
      .consideringOnlyDependenciesInAnyPackage(ENGINE + "..")
      .layer("model")
      .definedBy(packages(
          "model..", "column..", "histogram..", "forecast..", "bytes..", "memory..", "error.."))
      .layer("codec")
      .definedBy(packages("codec..", "storage.."))
      .layer("backend")
      .definedBy(packages("backend..", "block.."))
      .layer("index")
      .definedBy(packages("index..", "wal..", "exemplar..", "metadata.."))
      .layer("head")
      .definedBy(packages("head..", "partition.."))
      .layer("write")
      .definedBy(packages("write..", "read..", "recovery..", "integrity..", "maintenance.."))
      .layer("query")
      .definedBy(packages("query.."))
      .layer("root")
      .definedBy(ENGINE)
      .whereLayer("root")
      .mayNotBeAccessedByAnyLayer()
      .whereLayer("query")
      .mayOnlyBeAccessedByLayers("root")
      .whereLayer("write")
      .mayOnlyBeAccessedByLayers("root", "query")
      .whereLayer("head")
      .mayOnlyBeAccessedByLayers("root", "query", "write")
      .whereLayer("index")
      .mayOnlyBeAccessedByLayers("root", "query", "write", "head")
      .whereLayer("backend")
      .mayOnlyBeAccessedByLayers("root", "query", "write", "head", "index")
      .whereLayer("codec")
      .mayOnlyBeAccessedByLayers("root", "query", "write", "head", "index", "backend")
      .ensureAllClassesAreContainedInArchitectureIgnoring("io.chronicledb.grammar..");

  @ArchTest
  static final ArchRule packagesOfTheEngineHaveNoCycles =
      slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesBelowHaveNoCycles =
      slices().matching(ENGINE + ".(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theEngineKnowsNoSpring = noClasses()
      .that()
      .resideInAPackage("io.chronicledb..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("org.springframework..", "jakarta..");

  @ArchTest
  static final ArchRule generatedSqlParserStaysInItsFrontEnd = classes()
      .that()
      .resideInAPackage("io.chronicledb.grammar.sql..")
      .should()
      .onlyBeAccessed()
      .byAnyPackage("io.chronicledb.grammar.sql..", ENGINE + ".query.sql..");

  @ArchTest
  static final ArchRule generatedPromQlParserStaysInItsFrontEnd = classes()
      .that()
      .resideInAPackage("io.chronicledb.grammar.promql..")
      .should()
      .onlyBeAccessed()
      .byAnyPackage("io.chronicledb.grammar.promql..", ENGINE + ".query.promql..");

  @ArchTest
  static final ArchRule queriesKnowReadersAndNoFiles = noClasses()
      .that()
      .resideInAPackage(ENGINE + ".query..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(packages("storage..", "backend..", "wal..", "write..", "head.."));
}
