package dev.whistler.tier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The check is shared by all who do not trust each other, so it knows none of them. */
class WallsTest {
  private static final String ROOT = "dev.whistler.tier";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(TierCheck.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void itDependsOnNothingButTheJdkAndAnnotations() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            ROOT + "..",
            "java.lang..",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "java.nio",
            "java.nio.charset",
            "java.io",
            "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
