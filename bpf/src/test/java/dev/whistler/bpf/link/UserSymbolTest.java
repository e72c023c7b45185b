package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.SymbolVersions;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Structure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

  /** What programs are linked with today is at one place, what old ones call at another. */
  @Test
  void theDefaultVersionIsMeant() throws Exception {
    String versioned =
        """
        __attribute__((noinline)) int was(int c) { __asm__ volatile(""); return c == 1; }
        __attribute__((noinline)) int is(int c) { __asm__ volatile(""); return c == 0; }
        __asm__(".symver was, target@V1");
        __asm__(".symver is, target@@V2");
        """;
    Path script = Files.writeString(directory.resolve("map"), "V1 { target; }; V2 { target; } V1;");
    Path library =
        link("libtarget.so", versioned, "-fPIC", "-shared", "-Wl,--version-script=" + script);
    Path program = link("program", MAIN, library.toString(), "-Wl,-rpath," + directory);
    assertThat(calls(program, library)).isEqualTo(CALLS);
    assertThat(UserSymbol.offset(library, "target@@V2"))
        .isEqualTo(UserSymbol.offset(library, "target"))
        .isEqualTo(UserSymbol.offset(library, "target@V2"))
        .isNotEqualTo(UserSymbol.offset(library, "target@V1"));
    assertThatThrownBy(() -> UserSymbol.offset(library, "target@@V1"))
        .isInstanceOf(BpfException.class)
        .hasMessageContaining("has no function target@@V1; it has target@V1, target@@V2");
    assertThat(UserSymbol.offsets(library, f -> f.name().equals("target")))
        .containsExactlyInAnyOrder(
            UserSymbol.offset(library, "target@V1"), UserSymbol.offset(library, "target"));
    assertThat(UserSymbol.offsets(library, f -> f.isNamed("target@V1")))
        .containsExactly(UserSymbol.offset(library, "target@V1"));
    // Without the dynamic linker's names there are those that the linker writes for debuggers.
    assertThat(
            UserSymbol.functions(library).stream()
                .filter(f -> f.name().equals("target"))
                .map(UserFunction::text))
        .containsExactlyInAnyOrder("target@V1", "target@@V2");
  }

  private static final String TWICE =
      "__attribute__((noinline)) static int twice(int x) { __asm__ volatile(\"\"); return 2 * x;"
          + " }\n";

  @Test
  void severalFunctionsOfANameAreNamedByTheirPlaces() throws Exception {
    Path other = link("other.o", TWICE + "int other(int c) { return twice(c); }", "-c");
    Path program =
        link(
            "program",
            TWICE + "int other(int); int main(int c, char **v) { return twice(c) + other(c); }",
            other.toString());
    long[] places = UserSymbol.offsets(program, f -> f.isNamed("twice"));
    assertThat(places).hasSize(2);
    assertThatThrownBy(() -> UserSymbol.offset(program, "twice"))
        .isInstanceOf(BpfException.class)
        .hasMessage(
            "%s has 2 functions twice, at 0x%x, 0x%x; name one by its place, as %s:0x%x"
                .formatted(program, places[0], places[1], program, places[0]));
  }

  @Test
  void aResolverIsNotTheFunction() throws Exception {
    Path program =
        link(
            "program",
            """
            static int impl(int x) { return x + 10; }
            static void *resolve(void) { return impl; }
            int pick(int) __attribute__((ifunc("resolve")));
            int picked(int c) { return pick(c); }
            int main(int c, char **v) { return picked(c); }
            """);
    for (String text : List.of("pick", "pick@V")) {
      assertThatThrownBy(() -> UserSymbol.offset(program, text)).isInstanceOf(BpfException.class);
    }
    assertThatThrownBy(() -> UserSymbol.offset(program, "pick"))
        .hasMessageContaining("pick of " + program + " is an indirect function");
    assertThatThrownBy(() -> UserSymbol.offsets(program, f -> f.isNamed("pick")))
        .hasMessageContaining("indirect function");
    assertThat(UserSymbol.offsets(program, f -> f.name().startsWith("pick")))
        .containsExactly(UserSymbol.offset(program, "picked"));
  }

  @Test
  void aPlaceInsideOfAnInstructionIsTold() throws Exception {
    Path program = link("program", TARGET + MAIN);
    long start = UserSymbol.offset(program, "main");
    // push or sub of the frame, and then an instruction of several bytes at the least
    byte[] code = Files.readAllBytes(program);
    int first = InstructionLength.of(code, (int) start);
    int second = InstructionLength.of(code, (int) start + first);
    assertThat(UserSymbol.boundary(program, start)).isEqualTo(UserSymbol.Boundary.START);
    assertThat(UserSymbol.boundary(program, start + first)).isEqualTo(UserSymbol.Boundary.START);
    for (int at = 1; at < first + second; at++) {
      assertThat(UserSymbol.boundary(program, start + at))
          .isEqualTo(at == first ? UserSymbol.Boundary.START : UserSymbol.Boundary.INSIDE);
    }
    Path stripped = link("stripped", TARGET + MAIN, "-s");
    assertThat(UserSymbol.boundary(stripped, start + 1)).isEqualTo(UserSymbol.Boundary.UNKNOWN);
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> UserSymbol.offset(pipe, "main"))
        .isInstanceOf(BpfException.class)
        .hasMessageContaining("is no regular file");
  }

  @Test
  void damagedVersionsAreNone() throws Exception {
    byte[] library = Files.readAllBytes(Path.of("/lib/x86_64-linux-gnu/libc.so.6"));
    Random random = new Random(5);
    ElfFile whole = ElfFile.parse(library);
    int[] places =
        whole.sections().stream()
            .filter(s -> s.name().startsWith(".gnu.version") || s.name().equals(".dynsym"))
            .mapToInt(s -> (int) s.offset())
            .toArray();
    assertThat(places).isNotEmpty();
    for (int i = 0; i < 300; i++) {
      byte[] damaged = library.clone();
      for (int place : places) {
        for (int n = 0; n < 20; n++) {
          damaged[place + random.nextInt(400)] = (byte) random.nextInt();
        }
      }
      ElfFile file = ElfFile.parse(damaged);
      SymbolVersions versions = SymbolVersions.of(file);
      for (int symbol = -1; symbol < 3000; symbol += 7) {
        versions.name(symbol);
        versions.isDefault(symbol);
      }
    }
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
