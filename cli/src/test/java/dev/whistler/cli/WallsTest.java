package dev.whistler.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The command line starts fast because it takes little with it. */
final class WallsTest {
  private static final JavaClasses CLI =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.whistler.cli");

  @Test
  void noCommandTakesAClientOfKubernetesWithIt() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.fabric8..", "io.quarkus..", "jakarta..")
        .check(CLI);
  }

  @Test
  void theKernelIsReadInOnePlaceAndProgramsRunByTheRuntime() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.HostKernel(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.whistler.bpf..", "dev.whistler.crds..")
        .check(CLI);
  }

  @Test
  void noCommandKnowsHowItsStartIsMadeFast() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..cli.start..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..cli.start..")
        .check(CLI);
  }
}
