package dev.whistler.compiler;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the compiler may not do, and which package may know which. */
class WallsTest {
  private static final String ROOT = "dev.whistler.compiler";

  /** The order in which data passes; a package may know only those before it. */
  private static final List<String> ORDER =
      List.of(
          "source",
          "diagnostic",
          "reader",
          "macro",
          "unit",
          "form",
          "ir",
          "pass",
          "emit",
          "object");

  /** Classes of the root package that are data for the others. */
  private static final Set<String> REQUEST =
      Set.of("Budget", "CompilationOptions", "CompilationRequest", "CompiledObject");

  /** In-memory streams do no input or output, concurrent maps start no threads. */
  private static final Set<String> HARMLESS =
      Set.of(
          "java.io.ByteArrayOutputStream",
          "java.io.ByteArrayInputStream",
          "java.io.DataOutputStream",
          "java.io.DataInputStream",
          "java.io.StringWriter",
          "java.io.PrintWriter",
          "java.io.OutputStream",
          "java.io.InputStream",
          "java.io.IOException",
          "java.io.UncheckedIOException",
          "java.io.Serializable",
          // A cache that several compilations may share is no thread.
          "java.util.concurrent.ConcurrentHashMap",
          "java.util.concurrent.ConcurrentMap");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(Compiler.class.getProtectionDomain().getCodeSource().getLocation());

  private static boolean reachesOutside(JavaClass type) {
    String name = type.getName();
    String pack = type.getPackageName();
    if (HARMLESS.contains(name)) {
      return false;
    }
    return pack.equals("java.io")
        || pack.startsWith("java.nio.file")
        || pack.startsWith("java.nio.channels")
        || pack.startsWith("java.net")
        || pack.startsWith("java.lang.reflect")
        || pack.startsWith("java.time")
        || pack.startsWith("java.util.concurrent")
        || pack.startsWith("javax.")
        || pack.startsWith("sun.")
        || Set.of(
                "java.lang.Thread",
                "java.lang.Process",
                "java.lang.ProcessBuilder",
                "java.lang.Runtime",
                "java.lang.ClassLoader",
                "java.util.Timer",
                "java.util.Random",
                "java.util.Date",
                "java.util.UUID",
                "java.util.ServiceLoader",
                "java.util.Locale$Category")
            .contains(name);
  }

  @Test
  void theCompilerDoesNothingButCompute() {
    noClasses()
        .should()
        .dependOnClassesThat(
            describe(
                "reach files, network, clocks, threads or reflection", WallsTest::reachesOutside))
        .check(CLASSES);
    for (String method :
        List.of("currentTimeMillis", "nanoTime", "getenv", "getProperty", "exit")) {
      noClasses()
          .should()
          .callMethodWhere(
              describe(
                  "System." + method,
                  call ->
                      call.getTarget().getOwner().getName().equals("java.lang.System")
                          && call.getTarget().getName().equals(method)))
          .check(CLASSES);
    }
  }

  @Test
  void nothingDependsOnTheLocale() {
    noClasses()
        .should()
        .callMethodWhere(
            describe(
                "String methods that take the machine's locale",
                call ->
                    call.getTarget().getOwner().getName().equals("java.lang.String")
                        && Set.of("formatted", "format", "toLowerCase", "toUpperCase")
                            .contains(call.getTarget().getName())
                        && call.getTarget().getRawParameterTypes().stream()
                            .noneMatch(type -> type.getName().equals("java.util.Locale"))))
        .check(CLASSES);
  }

  @Test
  void itDependsOnNothingButTheJdkAndAnnotations() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(ROOT + "..", "dev.whistler.tier..", "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void dataPassesThePackagesInOrder() {
    for (int i = 0; i < ORDER.size(); i++) {
      String[] later =
          ORDER.subList(i + 1, ORDER.size()).stream()
              .map(name -> ROOT + "." + name + "..")
              .toArray(String[]::new);
      if (later.length > 0) {
        noClasses()
            .that()
            .resideInAPackage(ROOT + "." + ORDER.get(i) + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(later)
            .check(CLASSES);
      }
    }
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  /**
   * The root package is no slice of the rule above. What it has in front of the packages, a request
   * and what belongs to it, they may know; of the compiler that calls them they know nothing.
   */
  @Test
  void packagesKnowTheRequestButNotTheCompiler() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".*..")
        .should()
        .dependOnClassesThat(
            describe(
                "are in the root package and no part of a request or an object",
                type ->
                    type.getPackageName().equals(ROOT)
                        && !REQUEST.contains(
                            type.getName().substring(ROOT.length() + 1).split("\\$")[0])))
        .check(CLASSES);
  }
}
