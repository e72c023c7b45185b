package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.sys.Structure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A uprobe at the place that the symbol table gives sees the function called, however linked. */
class UserSymbolTest {
  /** Waits for a line, then calls the function three times. */
  private static final String MAIN =
      "#include <stdio.h>\n"
          + "int target(int);\n"
          + "int main(void) { int c = getchar(); return target(c) + target(c) + target(c) > 9; }\n";

  private static final String TARGET =
      "__attribute__((noinline)) int target(int c) { __asm__ volatile(\"\"); return c == 0; }\n";

  private static final int CALLS = 3;
  private static final int UPROBE_SLOT = 11;

  @TempDir Path directory;

  /** At a fixed address, anywhere, and anywhere without a loader. */
  @ParameterizedTest
  @ValueSource(strings = {"-no-pie", "-pie", "-static-pie"})
  void anExecutable(String how) throws Exception {
    Path program = link("program", TARGET + MAIN, "-fPIE", how);
    assertThat(calls(program, program)).isEqualTo(CALLS);
  }

  @Test
  void aSharedLibrary() throws Exception {
    Path library = link("libtarget.so", TARGET, "-fPIC", "-shared");
    Path program = link("program", MAIN, library.toString(), "-Wl,-rpath," + directory);
    assertThat(calls(program, library)).isEqualTo(CALLS);
  }

  /** Without a symbol table there are still the functions that a library offers. */
  @Test
  void aStrippedSharedLibrary() throws Exception {
    Path library = link("libtarget.so", TARGET, "-fPIC", "-shared", "-s");
    Path program = link("program", MAIN, library.toString(), "-Wl,-rpath," + directory);
    assertThat(calls(program, library)).isEqualTo(CALLS);
  }

  private Path link(String name, String source, String... options) throws Exception {
    Path clang = Path.of("/usr/bin/clang-19");
    Assumptions.assumeTrue(Files.isExecutable(clang), "needs clang-19");
    Path input = Files.writeString(directory.resolve(name + ".c"), source);
    Path output = directory.resolve(name);
    List<String> command =
        new ArrayList<>(
            List.of(clang.toString(), "-O1", input.toString(), "-o", output.toString()));
    command.addAll(List.of(options));
    Path messages = directory.resolve(name + ".messages");
    Process linking =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(messages.toFile())
            .start();
    boolean ended = linking.waitFor(60, TimeUnit.SECONDS);
    linking.destroyForcibly();
    assertThat(ended && linking.exitValue() == 0).as(Files.readString(messages)).isTrue();
    return output;
  }

  /** Calls of {@code target} in a file that a program was seen to make. */
  private static long calls(Path program, Path file) throws Exception {
    Process running = new ProcessBuilder(program.toString()).start();
    try (LoadedObject object = BpfObject.open(ClangObjects.build("links")).load()) {
      byte[] globals = new byte[object.map(".bss").valueSize()];
      new Structure(globals).putInt(0, (int) running.pid());
      object.map(".bss").update(new byte[4], globals);
      try (BpfLink _ =
          Uprobe.attach(
              object.program("on_uprobe"), file, UserSymbol.offset(file, "target"), false)) {
        running.outputWriter().append('\n').close();
        assertThat(running.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(running.exitValue()).isZero();
      byte[] key = new Structure(new byte[4]).putInt(0, UPROBE_SLOT).bytes();
      return new Structure(TestMaps.value(object.map("hits"), key)).getLong(0);
    } finally {
      running.destroyForcibly();
    }
  }
}
