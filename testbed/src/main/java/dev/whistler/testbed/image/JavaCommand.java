package dev.whistler.testbed.image;

import java.util.ArrayList;
import java.util.List;

/** How an image starts its application. */
public final class JavaCommand {
  private static final String PROGRAM = "/" + ImageRoot.JAVA + "/bin/java";
  private static final String JAR = "/" + ImageRoot.APPLICATION + "/quarkus-run.jar";

  /** What has to be the same when the class cache is made and when it is used. */
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private JavaCommand() {}

  /** The image's entry point; the heap is a share of the container's memory limit. */
  public static List<String> entrypoint(Component component) {
    return with(
        List.of(
            "-XX:AOTCache=/" + ImageRoot.CLASS_CACHE,
            // Lines about the cache must not mix with records on standard output.
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "-XX:MaxRAMPercentage=" + component.heapPercentage(),
            "-XX:+ExitOnOutOfMemoryError"),
        List.of("-jar", JAR));
  }

  /**
   * An argument file for the chores of the operator's image, which have the application's class
   * path and cache and no Quarkus: {@code java @chore.args CHORE}.
   */
  static String choreArguments() {
    List<String> words =
        with(
            List.of(
                "-XX:AOTCache=/" + ImageRoot.CLASS_CACHE,
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"),
            List.of("-cp", JAR, "dev.whistler.operator.chore.Chores"));
    return String.join("\n", words.subList(1, words.size())) + "\n";
  }

  /** A JVM with the application's class path that dumps its classes and ends. */
  static List<String> dump(String classList, String archive) {
    return with(
        List.of(
            "-Xshare:dump",
            // The archive notes the size of the heap, which else follows the machine's memory.
            "-Xmx256m",
            "-XX:+AOTClassLinking",
            "-XX:SharedClassListFile=" + classList,
            "-XX:SharedArchiveFile=" + archive),
        List.of("-cp", JAR));
  }

  /** The application, which notes each class that it loads. */
  static List<String> training(String classList) {
    return with(
        List.of("-Xshare:off", "-Xmx256m", "-XX:DumpLoadedClassList=" + classList),
        List.of("-Dquarkus.http.host=127.0.0.1", "-jar", JAR));
  }

  private static List<String> with(List<String> before, List<String> after) {
    List<String> words = new ArrayList<>(List.of(PROGRAM));
    words.addAll(before);
    words.addAll(OPTIONS);
    words.addAll(after);
    return List.copyOf(words);
  }
}
