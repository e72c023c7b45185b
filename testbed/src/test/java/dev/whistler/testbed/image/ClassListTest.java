package dev.whistler.testbed.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassListTest {
  @TempDir Path folder;

  @Test
  void keepsClassesAndLambdasAndNothingThatChangesFromRunToRun() {
    ClassList list =
        ClassList.of(
            """
            # NOTE: Do not modify this file.
            java/lang/String id: 12
            com/example/Proxy id: 900 super: 12 source: jrt:/java.base
            dev/whistler/agent/Agent id: 901
            @cp java/lang/String 2 4 6
            @lambda-proxy com/example/A run ()V
            io/netty/Bootstrap id: 400
            """);

    assertThat(list.lines())
        .containsExactly(
            "@lambda-proxy com/example/A run ()V", "io/netty/Bootstrap", "java/lang/String");
  }

  @Test
  void ourOwnClassesComeFromTheJars() throws IOException {
    Path jar = folder.resolve("app.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (String name :
          List.of(
              "dev/whistler/agent/Agent.class",
              "dev/whistler/agent/package-info.class",
              "dev/whistler/agent/notes.txt",
              "com/example/Other.class")) {
        out.putNextEntry(new ZipEntry(name));
      }
    }

    assertThat(ClassList.of("java/lang/String id: 1").withOurs(List.of(jar)).text())
        .isEqualTo("dev/whistler/agent/Agent\njava/lang/String\n");
  }

  @Test
  void theTrainedListKnowsTheLibraries() {
    assertThat(ClassList.trained().lines())
        .hasSizeGreaterThan(5_000)
        .contains(
            "java/lang/String",
            "io/fabric8/kubernetes/client/KubernetesClient",
            "io/javaoperatorsdk/operator/Operator")
        .noneMatch(line -> line.startsWith("dev/whistler/"));
  }
}
