package io.chronicledb.boot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** Keeps the direction between packages, and what a host that has none of it must not need out of the starter. */
@AnalyzeClasses(packages = "io.chronicledb.boot", importOptions = LayersTest.MainClasses.class)
class LayersTest {

  /** ArchUnit's own option knows {@code target/test-classes} only, and a build may choose another target directory. */
  static final class MainClasses implements ImportOption {

    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/");
    }
  }

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.chronicledb.boot.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NOTHING_OF_THE_WEB = noClasses()
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("org.springframework.web..", "jakarta.servlet..");

  @ArchTest
  static final ArchRule OPTIONAL_JARS_STAY_IN_THEIR_PACKAGES = noClasses()
      .that()
      .resideInAnyPackage(
          "io.chronicledb.boot.autoconfigure",
          "io.chronicledb.boot.autoconfigure.storage..",
          "io.chronicledb.boot.diagnostics..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(
          "io.micrometer..",
          "org.springframework.boot.actuate..",
          "org.springframework.boot.health..");

  @ArchTest
  static final ArchRule ONLY_AUTOCONFIGURE_REGISTERS_BEANS = classes()
      .that()
      .areAnnotatedWith(AutoConfiguration.class)
      .should()
      .resideInAPackage("io.chronicledb.boot.autoconfigure..");

  @ArchTest
  static final ArchRule NOTHING_USES_AUTOCONFIGURE = noClasses()
      .that()
      .resideOutsideOfPackage("io.chronicledb.boot.autoconfigure..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("io.chronicledb.boot.autoconfigure..");
}
