package dev.whistler.compiler.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.MalformedKernelException;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.source.SourceText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kernel descriptions that no kernel wrote: a compilation ends soon, with diagnostics or with
 * {@link MalformedKernelException}, and with nothing else.
 */
class HostileKernelsTest {
  private static final String FIELD = "\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n";

  private static String format(String fields) {
    return "name: e\nID: 1\nformat:\n" + fields + "\nprint fmt: \"\"\n";
  }

  private static String line(String declaration, String offset, String size) {
    return "\tfield:%s;\toffset:%s;\tsize:%s;\tsigned:0;\n".formatted(declaration, offset, size);
  }

  static Stream<Arguments> formats() {
    return Stream.of(
        Arguments.of("nothing", ""),
        Arguments.of("no fields", format("")),
        Arguments.of("noise", "\0\1\2".repeat(10_000)),
        Arguments.of("too long", format(FIELD.repeat(10_000))),
        Arguments.of("a field many times", format(FIELD.repeat(256))),
        Arguments.of("a negative offset", format(line("int a", "-8", "4"))),
        Arguments.of("a huge offset", format(line("int a", "99999999999999999999", "4"))),
        Arguments.of("a huge size", format(line("int a", "8", "2147483647"))),
        Arguments.of("size 0", format(line("int a", "8", "0"))),
        Arguments.of("an odd size", format(line("int a", "8", "3"))),
        Arguments.of("a negative array", format(line("char a[-1]", "8", "4"))),
        Arguments.of("a huge array", format(line("char a[99999999999]", "8", "16"))),
        Arguments.of("brackets", format(line("char a" + "[".repeat(5_000), "8", "16"))),
        Arguments.of("a long name", format(line("int " + "a".repeat(30_000), "8", "4"))),
        Arguments.of("no name", format(line("", "8", "4"))),
        Arguments.of("semicolons", format("\tfield:" + ";".repeat(30_000) + "\n")),
        Arguments.of("blanks", format("\tfield:" + " ".repeat(60_000) + "\n")),
        Arguments.of("wide dynamic data", format(line("__data_loc char[] a", "8", "64"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void formatsDoNoHarm(String name, String text) throws Exception {
    ends(
        new SuppliedKernel(Architecture.X86_64, Map.of("sched/e", text), null, null, null),
        """
        (deftracepoint sched/e a)
        (defprog p (:type :tracepoint :section "tracepoint/sched/e") (tp-a) (tp-b) 0)
        """);
  }

  private static byte[] btfOf(int types, int... words) {
    byte[] strings = "\0task_struct\0a\0".getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(24 + 4 * words.length + strings.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) 0xeB9F).put((byte) 1).put((byte) 0).putInt(24).putInt(0);
    out.putInt(types).putInt(4 * words.length).putInt(strings.length);
    IntStream.of(words).forEach(out::putInt);
    return out.put(strings).array();
  }

  private static byte[] btf(int... words) {
    return btfOf(4 * words.length, words);
  }

  private static int kind(int kind, int members) {
    return kind << 24 | members;
  }

  /** Many structs, each with two members of the type of the next. */
  private static byte[] doublingStructs() {
    int count = 60;
    int[] words = new int[count * 9];
    for (int i = 0; i < count; i++) {
      int next = i + 2 > count ? 1 : i + 2;
      int[] struct = {i == 0 ? 1 : 0, kind(4, 2), 8, 0, next, 0, 0, next, 0};
      System.arraycopy(struct, 0, words, i * 9, 9);
    }
    return btf(words);
  }

  static Stream<Arguments> types() {
    return Stream.of(
        Arguments.of("nothing", new byte[0]),
        Arguments.of("a header only", btf()),
        Arguments.of("half a header", new byte[] {(byte) 0x9f, (byte) 0xeb, 1}),
        Arguments.of("zeros", new byte[4_096]),
        Arguments.of("more types than bytes", btfOf(Integer.MAX_VALUE, 1, kind(4, 0), 8)),
        Arguments.of("a negative length", btfOf(-4, 1, kind(4, 0), 8)),
        Arguments.of("a struct of itself", btf(1, kind(4, 1), 8, 13, 1, 0)),
        Arguments.of("a name behind the end", btf(Integer.MAX_VALUE, kind(4, 0), 8)),
        Arguments.of("a negative name", btf(-1, kind(4, 0), 8)),
        Arguments.of("more members than bytes", btf(1, kind(4, 0xffff), 8)),
        Arguments.of("a huge struct", btf(1, kind(4, 1), -1, 13, 2, 0, 0, kind(1, 0), 4, 32)),
        Arguments.of(
            "a huge member offset", btf(1, kind(4, 1), 8, 13, 2, -1, 0, kind(1, 0), 4, 32)),
        Arguments.of("typedefs in a circle", btf(1, kind(4, 1), 8, 13, 2, 0, 13, kind(8, 0), 2)),
        Arguments.of(
            "an array of itself", btf(1, kind(4, 1), 8, 13, 2, 0, 0, kind(3, 0), 0, 2, 2, 9)),
        Arguments.of(
            "an array of huge length", btf(1, kind(4, 1), 8, 13, 2, 0, 0, kind(3, 0), 0, 1, 1, -1)),
        Arguments.of("an unknown kind", btf(1, kind(31, 0), 8)),
        Arguments.of("a type that is not there", btf(1, kind(4, 1), 8, 13, 99, 0)),
        Arguments.of("structs that double", doublingStructs()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("types")
  void typesDoNoHarm(String name, byte[] btf) throws Exception {
    ends(
        new SuppliedKernel(Architecture.X86_64, Map.of(), btf, null, null),
        """
        (import-kernel-struct task-struct a)
        (defprog p (:type :kprobe :section "kprobe/do_exit")
          (task-struct-a (get-current-task))
          0)
        """);
  }

  private static void ends(SuppliedKernel kernel, String source) throws Exception {
    Callable<Boolean> compilation =
        () -> {
          try {
            return Compiler.compile(
                        CompilationRequest.of(Architecture.X86_64, new SourceText("t.w", source))
                            .withKernel(kernel))
                    .diagnostics()
                    .size()
                <= 50;
          } catch (MalformedKernelException e) {
            return !String.valueOf(e.getMessage()).isBlank();
          }
        };
    FutureTask<Boolean> task = new FutureTask<>(compilation);
    Thread.ofPlatform().daemon().start(task);
    try {
      assertThat(task.get(5, TimeUnit.SECONDS)).isTrue();
    } catch (ExecutionException e) {
      throw new AssertionError("the compilation failed in another way", e.getCause());
    }
  }
}
