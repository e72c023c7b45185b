package dev.whistler.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** What runs and what is said of it is decided without a server; few packages have a client. */
final class WallsTest {
  private static final JavaClasses AGENT =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.whistler.agent");

  @Test
  void onlyWhatFetchesOrReportsHasAClient() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..agent.deliver..", "..agent.log..", "..agent.node..", "..agent.task..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.fabric8.kubernetes.client..", "io.quarkus..", "jakarta..")
        .check(AGENT);
    noClasses()
        .that()
        .resideInAPackage("..agent.work..")
        .and()
        .doNotHaveSimpleName("ArtifactLoader")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8.kubernetes.client..")
        .check(AGENT);
  }

  /**
   * Administrators set wall clocks, and virtual machines wake up with old ones. What such a clock
   * says is written for people: since when a program runs or loses records, when a condition
   * changed, when the Lease was renewed, which others only compare with what stood there before.
   */
  @Test
  void noWallClockDecides() {
    noClasses()
        .that()
        .doNotHaveSimpleName("LossWatch")
        .and()
        .doNotHaveSimpleName("NodeAgent")
        .and()
        .doNotHaveSimpleName("ProgramActor")
        .and()
        .doNotHaveSimpleName("Heartbeat")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now", ZoneId.class)
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callMethod(OffsetDateTime.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(AGENT);
  }

  @Test
  void dataPassesThePackagesInOrder() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("node")
        .definedBy("..agent.node..")
        .layer("deliver")
        .definedBy("..agent.deliver..")
        .layer("work")
        .definedBy("..agent.work..")
        .layer("report")
        .definedBy("..agent.report..")
        .layer("serve")
        .definedBy("..agent.serve..")
        .whereLayer("serve")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("report")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("work")
        .mayOnlyBeAccessedByLayers("report", "serve")
        .whereLayer("deliver")
        .mayOnlyBeAccessedByLayers("work")
        .whereLayer("node")
        .mayOnlyBeAccessedByLayers("report")
        .check(AGENT);
  }
}
