package dev.whistler.bpf;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.whistler.bpf.sys.Fd;
import org.junit.jupiter.api.Test;

/** What may depend on what. */
class WallsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.whistler.bpf");

  @Test
  void onlySysCallsNativeFunctionsAndAllocatesNativeMemory() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.whistler.bpf.sys")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.lang\\.foreign\\.(Linker|Arena|SymbolLookup).*")
        .check(CLASSES);
  }

  /** A number that is kept may be that of a stranger by the time it is used. */
  @Test
  void numbersOfDescriptorsStayInSys() {
    methods()
        .that()
        .areDeclaredIn(Fd.class)
        .and()
        .haveNameMatching("acquire|release|call|callIfOpen")
        .should()
        .notBePublic()
        .check(CLASSES);
    noMethods()
        .that()
        .areDeclaredIn(Fd.class)
        .and()
        .arePublic()
        .should()
        .haveRawReturnType(int.class)
        .check(CLASSES);
    fields().that().areDeclaredIn(Fd.class).should().bePrivate().check(CLASSES);
  }

  @Test
  void sysDependsOnNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage("dev.whistler.bpf.sys")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "other packages of ours",
                type ->
                    type.getPackageName().startsWith("dev.whistler")
                        && !type.getPackageName().equals("dev.whistler.bpf.sys")))
        .check(CLASSES);
  }

  @Test
  void packagesDoNotDependOnEachOtherInCircles() {
    slices().matching("dev.whistler.bpf.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
