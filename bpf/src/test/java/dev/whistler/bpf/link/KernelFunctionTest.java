package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.KernelObjects;
import dev.whistler.bpf.LoadOptions;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.Needs;
import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs on functions of the kernel: each is caused to run and must not run after its link is
 * closed. Kernels that lack them say so; the guests of other kernels have them.
 */
class KernelFunctionTest {
  private static final int MANY = 20;

  @TempDir Path directory;

  private interface Action {
    void run() throws Exception;
  }

  /** Whether the calls of this process are counted at least so often while attached, only then. */
  private static LinkType fires(
      String object, String program, Function<BpfProgram, BpfLink> attach, Action event, int times)
      throws Exception {
    KernelObjects before = KernelObjects.now();
    LinkType type;
    LoadOptions only = LoadOptions.defaults().withPrograms(program::equals);
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build(object)).load(only)) {
      byte[] globals = new byte[8];
      new Structure(globals).putInt(0, (int) ProcessHandle.current().pid());
      loaded.map(".bss").update(new byte[4], globals);
      int seen;
      try (BpfLink link = attach.apply(loaded.program(program))) {
        type = link.type();
        event.run();
        seen = calls(loaded);
        assertThat(seen).isGreaterThanOrEqualTo(times);
        event.run();
        seen = calls(loaded);
      }
      event.run();
      // What ran at the moment of closing may still count.
      assertThat(calls(loaded)).isLessThan(seen + times);
    } catch (UnsupportedException e) {
      before.assertUnchanged();
      if (!isLackOfTheKernel(e)) {
        throw e;
      }
      return abort(e.getMessage());
    }
    before.assertUnchanged();
    return type;
  }

  /** By evidence other than the library's: it has no probes at all, or its policy forbids them. */
  private static boolean isLackOfTheKernel(UnsupportedException e) {
    boolean forbidden =
        e.getCause() instanceof SystemCallException cause
            && (cause.errno() == Errno.EPERM
                || cause.errno() == Errno.EOPNOTSUPP
                || cause.errno() == Errno.ENOTSUPP);
    return forbidden || !Files.exists(Path.of("/sys/bus/event_source/devices/kprobe"));
  }

  private static int calls(LoadedObject loaded) {
    return new Structure(TestMaps.value(loaded.map(".bss"), new byte[4])).getInt(4);
  }

  private static void getppid() {
    for (int i = 0; i < MANY; i++) {
      SystemCalls.getppid();
    }
  }

  private static void read() throws IOException {
    for (int i = 0; i < MANY; i++) {
      Files.readString(Path.of("/proc/self/comm"));
    }
  }

  @Test
  void entryOfAFunction() throws Exception {
    Needs.link(LinkFeature.KPROBE);
    assertThat(
            fires(
                "kprobe",
                "on_function",
                p -> Kprobe.attach(p, "vfs_read", 0, false),
                KernelFunctionTest::read,
                MANY))
        .isEqualTo(LinkType.PERF_EVENT);
  }

  @Test
  void returnOfAFunction() throws Exception {
    Needs.link(LinkFeature.KPROBE);
    fires(
        "kprobe",
        "on_function",
        p -> Kprobe.attach(p, "vfs_read", 0, true),
        KernelFunctionTest::read,
        MANY);
  }

  @Test
  void entryAndReturnOfASystemCall() throws Exception {
    Needs.link(LinkFeature.KPROBE);
    for (boolean atReturn : new boolean[] {false, true}) {
      fires(
          "kprobe",
          "on_function",
          p -> Kprobe.attachSystemCall(p, "getppid", atReturn),
          KernelFunctionTest::getppid,
          MANY);
    }
  }

  @Test
  void aFunctionThatIsNotThereIsNamed() {
    Needs.link(LinkFeature.KPROBE);
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("kprobe")).load()) {
      assertThatThrownBy(
              () -> Kprobe.attach(loaded.program("on_function"), "no_such_function", 0, false))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining("no function no_such_function");
    }
  }

  @Test
  void manyFunctionsInOneLink() throws Exception {
    Needs.link(LinkFeature.KPROBE_MULTI);
    for (boolean atReturn : new boolean[] {false, true}) {
      assertThat(
              fires(
                  "kprobe",
                  "on_functions",
                  p -> Kprobe.attachAll(p, List.of("vfs_read", "__x64_sys_getppid"), atReturn),
                  () -> {
                    read();
                    getppid();
                  },
                  2 * MANY))
          .isEqualTo(LinkType.KPROBE_MULTI);
    }
  }

  @Test
  void fentry() throws Exception {
    assertThat(fires("trampoline", "on_entry", Tracing::attach, KernelFunctionTest::read, MANY))
        .isEqualTo(LinkType.TRACING);
  }

  @Test
  void fexit() throws Exception {
    fires("trampoline", "on_exit", Tracing::attach, KernelFunctionTest::read, MANY);
  }

  @Test
  void aSecurityHookForbids() throws Exception {
    Path made = directory.resolve("made");
    boolean[] forbidden = new boolean[1];
    fires(
        "trampoline",
        "on_mkdir",
        Tracing::attach,
        () -> {
          try {
            Files.createDirectory(made);
            Files.delete(made);
            forbidden[0] = false;
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("not permitted");
            forbidden[0] = true;
          }
        },
        1);
    assertThat(forbidden[0]).as("still forbidden after the link was closed").isFalse();
  }
}
