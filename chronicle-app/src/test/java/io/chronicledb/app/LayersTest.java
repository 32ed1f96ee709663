package io.chronicledb.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.chronicledb.engine.query.sql.SqlParameters;

/** Keeps the direction between packages: surfaces use what is below them, and of the engine only what is meant for them. */
@AnalyzeClasses(packages = "io.chronicledb", importOptions = LayersTest.MainClasses.class)
class LayersTest {

  /** ArchUnit's own option knows only {@code target/test-classes}, and a build may have its output elsewhere. */
  static final class MainClasses implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("test-classes");
    }
  }

  private static final String ENGINE = "io.chronicledb.engine.";

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.chronicledb.app.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ENGINE_ONLY_BY_ITS_SURFACE = noClasses()
      .that()
      .resideInAPackage("io.chronicledb.app..")
      .should()
      .dependOnClassesThat(resideInAnyPackage(
              ENGINE + "wal..",
              ENGINE + "head..",
              ENGINE + "index..",
              ENGINE + "block..",
              ENGINE + "codec..",
              ENGINE + "read..",
              ENGINE + "recovery..",
              ENGINE + "backend..",
              ENGINE + "storage..",
              ENGINE + "partition..",
              ENGINE + "maintenance..",
              ENGINE + "integrity..",
              ENGINE + "query.*..")
          // Part of what a prepared statement takes.
          .and(not(equivalentTo(SqlParameters.class)))
          // The syntax of PromQL, which the Prometheus API shows.
          .and(not(resideInAPackage(ENGINE + "query.promql"))));

  @ArchTest
  static final ArchRule ONLY_THE_PROMETHEUS_API_SHOWS_SYNTAX = noClasses()
      .that()
      .resideInAPackage("io.chronicledb.app..")
      .and()
      .resideOutsideOfPackage("io.chronicledb.app.api.prometheus..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage(ENGINE + "query.promql");

  @ArchTest
  static final ArchRule ROOT_HOLDS_THE_APPLICATION_ONLY = classes()
      .that()
      .resideInAPackage("io.chronicledb.app")
      .should()
      .haveSimpleName("ChronicleApplication")
      .orShould()
      .haveSimpleName("package-info");

  @ArchTest
  static final ArchRule INGEST_KNOWS_NO_API = noClasses()
      .that()
      .resideInAnyPackage(
          "io.chronicledb.app.ingest..",
          "io.chronicledb.app.wire..",
          "io.chronicledb.app.problem..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("io.chronicledb.app.api..");
}
