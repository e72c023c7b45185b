package dev.whistler.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Decisions are pure; few packages have a client. */
final class WallsTest {
  private static final JavaClasses OPERATOR =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.whistler.operator");

  @Test
  void onlyWhatWatchesWritesOrDoesAChoreHasAClient() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "..operator.cluster..",
            "..operator.installation..",
            "..operator.metrics..",
            "..operator.reconcile..",
            "..operator.chore..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client..", "io.javaoperatorsdk..", "io.quarkus..", "jakarta..")
        .check(OPERATOR);
  }

  @Test
  void decisionsReadNoClockButTheBudgetOfACompilation() {
    noClasses()
        .that()
        .resideInAnyPackage("..operator.model..", "..operator.rollout..", "..operator.status..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(OPERATOR);
  }

  /**
   * Administrators set wall clocks, and virtual machines wake up with old ones. What such a clock
   * says is written for people: when a condition changed, when an event was seen, when a Lease was
   * renewed, which others only compare with what stood there before.
   */
  @Test
  void noWallClockDecides() {
    noClasses()
        .that()
        .doNotHaveSimpleName("ProgramReconciler")
        .and()
        .doNotHaveSimpleName("EventWriter")
        .and()
        .doNotHaveSimpleName("InstallationLease")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now", Clock.class)
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callMethod(OffsetDateTime.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(OPERATOR);
  }

  /** An executor of the library keeps to itself what a task throws, and never runs it again. */
  @Test
  void whatRunsAsideIsGuarded() {
    noClasses().should().dependOnClassesThat().areAssignableTo(Executors.class).check(OPERATOR);
  }

  @Test
  void dataPassesThePackagesInOrder() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("model")
        .definedBy("..operator.model..")
        .layer("profile")
        .definedBy("..operator.profile..")
        .layer("build")
        .definedBy("..operator.build..")
        .layer("rollout")
        .definedBy("..operator.rollout..")
        .layer("status")
        .definedBy("..operator.status..")
        .layer("cluster")
        .definedBy("..operator.cluster..")
        .layer("reconcile")
        .definedBy("..operator.reconcile..")
        .whereLayer("reconcile")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("status")
        .mayOnlyBeAccessedByLayers("reconcile")
        .whereLayer("rollout")
        .mayOnlyBeAccessedByLayers("status", "reconcile")
        .whereLayer("build")
        .mayOnlyBeAccessedByLayers("status", "reconcile")
        .whereLayer("profile")
        .mayOnlyBeAccessedByLayers("build", "cluster", "reconcile")
        .whereLayer("cluster")
        .mayOnlyBeAccessedByLayers("reconcile")
        .check(OPERATOR);
    slices().matching("dev.whistler.operator.(*)..").should().beFreeOfCycles().check(OPERATOR);
  }
}
