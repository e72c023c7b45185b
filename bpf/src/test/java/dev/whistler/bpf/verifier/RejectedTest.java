package dev.whistler.bpf.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.SourceLine;
import dev.whistler.bpf.prog.VerifierException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that the running kernel refuses: the reason and the line are those of the answer key.
 */
@Timeout(300)
class RejectedTest {
  private static final String CLANG = "/usr/bin/clang-19";
  private static final String MARK = "/*!*/";

  @TempDir Path directory;

  private record Case(String name, Reason reason, String section, String body) {}

  private record Answer(String reason, int line) {}

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(RejectedTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    String[] parts = resource("rejected.txt").split("(?m)^### ");
    for (int i = 1; i < parts.length; i++) {
      String[] lines = parts[i].split("\n", 2);
      String[] head = lines[0].split(" ");
      cases.add(new Case(head[0], Reason.valueOf(head[1]), head[2], lines[1]));
    }
    return cases;
  }

  @Test
  void theVerdictIsThatOfTheAnswerKey() throws Exception {
    assumeTrue(Files.isExecutable(Path.of(CLANG)), "no " + CLANG);
    List<Case> cases = cases();
    assertThat(cases).hasSizeGreaterThanOrEqualTo(45);
    List<String> wrong = new ArrayList<>();
    for (Case one : cases) {
      String source =
          resource("rejected.h")
              + "SEC(\"%s\") int program(void *ctx) { u32 key = 0;%n%s  return 0; }%n"
                  .formatted(one.section, one.body);
      Answer wanted = new Answer(one.reason.name(), line(source));
      Answer got = verdict(compile(one.name, source));
      if (!wanted.equals(got)) {
        wrong.add("%n%s: wanted %s, got %s".formatted(one.name, wanted, got));
      }
    }
    int exact = cases.size() - wrong.size();
    System.out.println(exact + " of " + cases.size() + " verdicts exact; " + wrong);
    assertThat(exact).as(wrong.toString()).isGreaterThanOrEqualTo(cases.size() * 95 / 100);
  }

  /** The line of the mark, or the last one. */
  private static int line(String source) {
    int mark = source.indexOf(MARK);
    int end = mark < 0 ? source.length() - 1 : mark;
    return 1 + (int) source.substring(0, end).chars().filter(c -> c == '\n').count();
  }

  private static Answer verdict(byte[] bytes) {
    BpfObject object = BpfObject.open(bytes);
    try (LoadedObject loaded = object.load()) {
      return new Answer("accepted as " + loaded.programs(), 0);
    } catch (VerifierException e) {
      Optional<VerifierLog.Verdict> verdict = VerifierLog.parse(e.log());
      int line =
          verdict
              .flatMap(
                  v ->
                      v.instruction().isEmpty()
                          ? Optional.empty()
                          : object.source("program", v.instruction().getAsInt()))
              .map(SourceLine::line)
              .orElse(0);
      String reason =
          verdict
              .map(v -> v.reason() == Reason.OTHER ? v.message() : v.reason().name())
              .orElse(e.getMessage());
      return new Answer(reason, line);
    }
  }

  private byte[] compile(String name, String source) throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve(name + ".c"), source);
    Path object = directory.resolve(name + ".o");
    Process clang =
        new ProcessBuilder(
                CLANG,
                "-target",
                "bpf",
                "-mcpu=v3",
                "-g",
                "-O2",
                "-Wno-everything",
                "-c",
                file.toString(),
                "-o",
                object.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(clang.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(clang.waitFor()).as(name + ": " + output).isZero();
    return Files.readAllBytes(object);
  }
}
