package dev.whistler.compiler;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Sentence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the compiler may not do, and which package may know which. */
class WallsTest {
  private static final String ROOT = "dev.whistler.compiler";

  /** All packages; each may know only those before it. */
  private static final List<String> ORDER =
      List.of(
          "flow",
          "json",
          "source",
          "diagnostic",
          "type",
          "kernel",
          "api",
          "reader",
          "macro",
          "unit",
          "table",
          "tree",
          "check",
          "define",
          "form",
          "ir",
          "pass",
          "emit",
          "object",
          "declaration");

  /** What a package may not know although it stands before it, as its package-info says. */
  private static final Map<String, Set<String>> HIDDEN =
      Map.of(
          "tree", Set.of("diagnostic", "kernel", "api", "reader", "macro", "unit"),
          "check", Set.of("macro", "unit"),
          "ir", Set.of("define", "form", "check", "kernel", "reader", "macro", "unit", "api"),
          "pass", Set.of("define", "form", "check", "kernel", "reader", "macro", "unit", "api"),
          "emit", Set.of("define", "form", "check", "kernel", "reader", "macro", "unit"),
          "object", Set.of("define", "form", "check", "reader", "macro", "unit", "pass"),
          "declaration",
              Set.of("define", "form", "check", "ir", "pass", "emit", "macro", "unit", "reader"));

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
  void everyPackageHasItsPlace() {
    assertThat(
            CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(ROOT))
                .map(name -> name.substring(ROOT.length() + 1)))
        .containsOnlyElementsOf(ORDER);
  }

  @Test
  void packagesKnowOnlyThoseBeforeThem() {
    for (int i = 0; i < ORDER.size(); i++) {
      List<String> unknown = new ArrayList<>(ORDER.subList(i + 1, ORDER.size()));
      unknown.addAll(HIDDEN.getOrDefault(ORDER.get(i), Set.of()));
      noClasses()
          .that()
          .resideInAPackage(ROOT + "." + ORDER.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              unknown.stream().map(name -> ROOT + "." + name).toArray(String[]::new))
          .allowEmptyShould(false)
          .check(CLASSES);
    }
  }

  /** Only the caller of the compiler knows the class that calls all the others. */
  @Test
  void noPackageKnowsTheCompiler() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT)
        .check(CLASSES);
  }

  /** The others name a message and fill in its places; the words stand in {@code messages.txt}. */
  @Test
  void onlyDiagnosticWritesWhatTheCompilerSays() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".diagnostic")
        .should()
        .callConstructorWhere(
            describe(
                "make a sentence or a diagnostic",
                call ->
                    Set.of(Sentence.class.getName(), Diagnostic.class.getName())
                        .contains(call.getTarget().getOwner().getName())))
        .check(CLASSES);
  }
}
