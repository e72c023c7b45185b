package dev.whistler.crds;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What operator and agents share is data and pure functions. */
final class WallsTest {
  private static final JavaClasses CRDS =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.whistler.crds");

  @Test
  void nothingHereSpeaksToAServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client.dsl..",
            "io.fabric8.kubernetes.client.http..",
            "io.fabric8.kubernetes.client.informers..",
            "io.quarkus..",
            "jakarta..",
            "java.net..",
            "java.nio.file..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
        .check(CRDS);
  }

  @Test
  void nothingHereReadsAClock() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .check(CRDS);
  }
}
