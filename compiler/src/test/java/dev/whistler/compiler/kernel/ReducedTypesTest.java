package dev.whistler.compiler.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.btf.ReducedBtf;
import dev.whistler.compiler.kernel.KernelDescription.Answer;
import dev.whistler.compiler.kernel.KernelDescription.Target;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What nodes upload of the running kernel's types answers whatever the whole of them answers. */
final class ReducedTypesTest {
  /** Measured on Linux 6.18: 5.5 MB become 1.8 MB and 2.8 MB. */
  private static final double MOST_OF_WHOLE = 0.9;

  private static Btf btf;
  private static ReducedBtf reduced;
  private static KernelDescription whole;
  private static KernelDescription parts;

  /** Types apart from functions, as the operator keeps them. */
  private record Parts(ParsedTypes types, ParsedTypes withFunctions) implements TypeSource {
    static Parts of(ReducedBtf reduced) {
      return new Parts(
          ParsedTypes.parse(reduced.types(), null),
          ParsedTypes.parse(reduced.types(), reduced.functions()));
    }
  }

  @BeforeAll
  static void reduce() {
    assumeTrue(KernelBtf.isPresent(), "the types of this kernel cannot be read");
    btf = KernelBtf.running();
    reduced = ReducedBtf.of(btf);
    whole = new SuppliedKernel(Architecture.X86_64, Map.of(), btf.bytes(), null, null);
    parts = new SuppliedKernel(Architecture.X86_64, Map.of(), Parts.of(reduced), null);
  }

  @Test
  void areSmaller() {
    assertThat(reduced.types().length + reduced.functions().length)
        .isLessThan((int) (MOST_OF_WHOLE * btf.bytes().length));
    assertThat(reduced.types().length).isLessThan(btf.bytes().length / 2);
  }

  @Test
  void areTheSameBytesEachTime() {
    ReducedBtf again = ReducedBtf.of(Btf.parse(btf.bytes().clone()));
    assertThat(again.types()).isEqualTo(reduced.types());
    assertThat(again.functions()).isEqualTo(reduced.functions());
  }

  /** Whatever stands under any name of the BTF, whether or not it is a struct. */
  @Test
  void haveTheSameStructs() {
    int structs = 0;
    for (String name : names()) {
      assertThat(parts.structs(name)).as(name).isEqualTo(whole.structs(name));
      structs += whole.structs(name).size();
    }
    assertThat(structs).isGreaterThan(5_000);
    assertThat(parts.structNames()).containsExactlyInAnyOrderElementsOf(whole.structNames());
  }

  @Test
  void haveTheSameFunctionsAndTargets() {
    int functions = 0;
    for (String name : names()) {
      assertThat(parts.function(name)).as(name).isEqualTo(whole.function(name));
      for (Target kind : Target.values()) {
        assertThat(parts.target(kind, name)).as(name).isEqualTo(whole.target(kind, name));
      }
      functions += whole.function(name).isPresent() ? 1 : 0;
    }
    assertThat(functions).isGreaterThan(20_000);
    assertThat(parts.target(Target.FUNCTION, "no_such_function")).isEqualTo(Answer.ABSENT);
    assertThat(parts.target(Target.RAW_TRACEPOINT, "no_such_event")).isEqualTo(Answer.ABSENT);
    for (Target kind : Target.values()) {
      assertThat(parts.targetNames(kind))
          .containsExactlyInAnyOrderElementsOf(whole.targetNames(kind));
    }
    for (String event : whole.targetNames(Target.RAW_TRACEPOINT)) {
      assertThat(parts.target(Target.RAW_TRACEPOINT, event)).isEqualTo(Answer.PRESENT);
    }
  }

  /** Most programs need no function: they must not cost the memory of all. */
  @Test
  void tellWithoutTheOthersWhatTracepointsAndHooksHandOver() {
    KernelDescription types =
        new SuppliedKernel(Architecture.X86_64, Map.of(), reduced.types(), null, null);
    assertThat(types.function("__traceiter_sched_switch"))
        .isEqualTo(whole.function("__traceiter_sched_switch"))
        .isPresent();
    assertThat(types.function("bpf_lsm_file_open")).isEqualTo(whole.function("bpf_lsm_file_open"));
    assertThat(types.function("vfs_read")).isEmpty();
  }

  private static Iterable<String> names() {
    TreeSet<String> names = new TreeSet<>();
    for (int id = 1; id < btf.typeCount(); id++) {
      names.add(btf.type(id).name());
    }
    names.remove("");
    return names;
  }
}
