package dev.whistler.compiler.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.pass.Pipeline;
import dev.whistler.compiler.source.SourceText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is left out, told by the kernel. Tracepoint programs cannot be run by hand, but those of raw
 * tracepoints can, and see their context in the same way: so the section is given another name.
 */
@Timeout(60)
class ReaderCheckRunTest {
  private static final int RAN = 7;
  private static final int LEFT_OUT = 0;
  private static final int IDLE = 0;
  private static final int READER = 100;
  private static final int WRITER = 101;
  private static final int OTHER = 200;
  private static final int ANOTHER = 201;
  private static final int PREVIOUS_OFFSET = 24;
  private static final int NEXT_OFFSET = 56;

  /** The most that a raw tracepoint's context has. */
  private static final int CONTEXT_BYTES = 96;

  static Stream<CompilationOptions> options() {
    return IntStream.rangeClosed(1, 4)
        .boxed()
        .flatMap(
            instructionSet ->
                Stream.of(Set.<String>of(), Pipeline.names())
                    .map(disabled -> options(instructionSet, disabled)));
  }

  private static CompilationOptions options(int instructionSet, Set<String> disabledPasses) {
    return CompilationOptions.defaults()
        .withInstructionSet(instructionSet)
        .withTier(Tier.OBSERVE)
        .withReaderLeftOut(true)
        .withWarningsAsErrors(true)
        .withDisabledPasses(disabledPasses);
  }

  private static LoadedObject load(String section, CompilationOptions options) {
    return load(section, Integer.toString(RAN), options);
  }

  private static LoadedObject load(String section, String body, CompilationOptions options) {
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(
                    Architecture.X86_64,
                    new SourceText(
                        "t.w",
                        "(defstruct note (at u64)) (defmap out :type :ringbuf :max-entries 4096 :record note)"
                            + "(defprog p (:section \"%s\") %s)".formatted(section, body)))
                .withKernel(new SampleKernel())
                .withOptions(options));
    assertThat(result.diagnostics()).isEmpty();
    byte[] elf = result.object().orElseThrow().elf();
    return BpfObject.open(renamed(elf, section)).load();
  }

  private static byte[] renamed(byte[] elf, String section) {
    String raw = "raw_tp/sys_enter";
    String other = section.startsWith("raw_tp/") ? section : raw + "_".repeat(section.length());
    return new String(elf, StandardCharsets.ISO_8859_1)
        .replace(section + '\0', other.substring(0, section.length()) + '\0')
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static int run(LoadedObject object, int previousOrTask, int next) {
    ByteBuffer context = ByteBuffer.allocate(CONTEXT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    context.putInt(PREVIOUS_OFFSET, previousOrTask).putInt(NEXT_OFFSET, next);
    return object.program("p").testRun(TestRun.context(context.array())).returnValue();
  }

  private static void tell(LoadedObject object, int... threads) {
    BpfMap map = object.map(".whistler.reader");
    for (int thread : threads) {
      byte[] key = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(thread).array();
      map.update(key, new byte[1]);
    }
  }

  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
  }

  @ParameterizedTest
  @MethodSource("options")
  void aSwitchIsLeftOutIfItConcernsNobodyElse(CompilationOptions options) {
    try (LoadedObject object = load("tracepoint/sched/sched_switch", options)) {
      assertThat(run(object, READER, IDLE)).as("nobody is told").isEqualTo(RAN);
      tell(object, READER, WRITER);
      assertThat(run(object, READER, IDLE)).isEqualTo(LEFT_OUT);
      assertThat(run(object, IDLE, READER)).isEqualTo(LEFT_OUT);
      assertThat(run(object, READER, WRITER)).isEqualTo(LEFT_OUT);
      assertThat(run(object, READER, OTHER)).isEqualTo(RAN);
      assertThat(run(object, OTHER, READER)).isEqualTo(RAN);
      assertThat(run(object, OTHER, ANOTHER)).isEqualTo(RAN);
      assertThat(run(object, OTHER, IDLE)).isEqualTo(RAN);
      assertThat(run(object, IDLE, OTHER)).isEqualTo(RAN);
      assertThat(run(object, IDLE, IDLE)).isEqualTo(RAN);
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void aWakeUpIsLeftOutIfItIsTheReaders(CompilationOptions options) {
    try (LoadedObject object = load("tracepoint/sched/sched_wakeup", options)) {
      tell(object, READER);
      assertThat(run(object, READER, 0)).isEqualTo(LEFT_OUT);
      assertThat(run(object, OTHER, 0)).isEqualTo(RAN);
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void aSystemCallIsLeftOutIfItIsTheReaders(CompilationOptions options) {
    int self;
    try (LoadedObject object = load("raw_tp/sys_enter", "(get-current-pid-tgid)", options)) {
      self = run(object, 0, 0);
    }
    try (LoadedObject object = load("raw_tp/sys_enter", options)) {
      assertThat(run(object, 0, 0)).isEqualTo(RAN);
      tell(object, self);
      assertThat(run(object, 0, 0)).isEqualTo(LEFT_OUT);
    }
  }
}
