package dev.whistler.testbed;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Whoever wants a cluster need not take guests, images or benchmarks with it. */
final class WallsTest {
  private static final JavaClasses TESTBED =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("dev.whistler.testbed");

  @Test
  void eachToolStandsOnWhatIsBelowIt() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("process")
        .definedBy("..testbed.process..")
        .layer("machine")
        .definedBy("..testbed.machine..")
        .layer("workload")
        .definedBy("..testbed.workload..")
        .layer("sandbox")
        .definedBy("..testbed.sandbox..")
        .layer("cluster")
        .definedBy("..testbed.cluster..")
        .layer("guest")
        .definedBy("..testbed.guest..")
        .layer("image")
        .definedBy("..testbed.image..")
        .layer("install")
        .definedBy("..testbed.install..")
        .layer("kernels")
        .definedBy("..testbed.kernels..")
        .layer("simulator")
        .definedBy("..testbed.simulator..")
        .layer("bench")
        .definedBy("..testbed.bench..")
        .whereLayer("bench")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("simulator")
        .mayOnlyBeAccessedByLayers("bench")
        .whereLayer("kernels")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("install")
        .mayOnlyBeAccessedByLayers("bench")
        .whereLayer("image")
        .mayOnlyBeAccessedByLayers("install")
        .whereLayer("guest")
        .mayOnlyBeAccessedByLayers("install", "kernels")
        .whereLayer("cluster")
        .mayOnlyBeAccessedByLayers("image", "install", "bench")
        .whereLayer("sandbox")
        .mayOnlyBeAccessedByLayers("cluster")
        .check(TESTBED);
    slices().matching("dev.whistler.testbed.(*)..").should().beFreeOfCycles().check(TESTBED);
  }

  @Test
  void onlyClustersAndWhatIsOnThemKnowKubernetes() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..testbed.guest..",
            "..testbed.image..",
            "..testbed.kernels..",
            "..testbed.machine..",
            "..testbed.process..",
            "..testbed.sandbox..",
            "..testbed.workload..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.fabric8..", "dev.whistler.crds..")
        .check(TESTBED);
  }

  @Test
  void onlyBenchmarksAndTheStateOfTheMachineKnowBpf() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..testbed.bench..", "..testbed.machine..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.whistler.bpf..", "dev.whistler.runtime..")
        .check(TESTBED);
  }
}
