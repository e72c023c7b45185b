package dev.whistler.operator.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.btf.ReducedBtf;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelTypesContent;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.TypesPieces;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.profile.KernelKnowledge;
import dev.whistler.operator.profile.Profiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that need kernel types, from what a node uploads of the running kernel to the object: it
 * is the one that the command line makes, which has all of the kernel's BTF.
 */
final class KernelTypesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  private static final String ARGUMENTS_BY_NAME =
      """
      (import-kernel-struct task-struct tgid)
      (defmap children :type :hash :key-type u32 :value-type u32 :max-entries 64)
      (defprog note (:type :tp-btf :section "tp_btf/sched_process_fork")
        (setf (getmap children (task-struct-tgid (arg child))) (task-struct-tgid (arg parent)))
        0)
      """;

  private static final String FUNCTION =
      """
      (defmap reads :type :hash :key-type u64 :value-type u64 :max-entries 64)
      (defprog note (:type :fentry :section "fentry/vfs_read")
        (setf (getmap reads (arg file)) (arg count))
        0)
      """;

  private static final KernelProfileContent PROFILE =
      KernelProfileContent.of("x86-64", Map.of(), Set.of());

  private static byte[] btf;
  private static KernelTypesContent content;

  private final Profiles profiles = new Profiles();
  private final ProgramBuilder builder =
      new ProgramBuilder(
          Compiler::compile,
          (defect, cause) -> {
            throw new AssertionError(cause);
          });

  @BeforeAll
  static void describe() throws MalformedContentException {
    assumeTrue(KernelBtf.isPresent(), "the types of this kernel cannot be read");
    btf = KernelBtf.bytes();
    ReducedBtf reduced = ReducedBtf.of(Btf.parse(btf));
    content = KernelTypesContent.of(reduced.types(), reduced.functions());
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit-lineage.lisp", "ARGUMENTS_BY_NAME", "FUNCTION"})
  void compileAsTheCommandLineDoes(String program) throws Exception {
    String source =
        switch (program) {
          case "ARGUMENTS_BY_NAME" -> ARGUMENTS_BY_NAME;
          case "FUNCTION" -> FUNCTION;
          default -> Files.readString(EXAMPLES.resolve(program));
        };
    upload();
    BuiltObject here = built(source, known(content.pieces()));
    KernelDescription whole = new SuppliedKernel(Architecture.X86_64, Map.of(), btf, null, null);

    assertThat(here.objectDigest()).isEqualTo(built(source, whole).objectDigest());
  }

  @Test
  void aKernelIsAwaitedUntilAllOfItIsThere() throws MalformedContentException {
    String name = nameOf(content.pieces());
    profiles.put(PROFILE.digest().name(), PROFILE.toSpec());
    for (String piece : content.pieces().names().toList()) {
      assertThat(profiles.knowledge(name)).isInstanceOf(KernelKnowledge.Awaited.class);
      profiles.types().put(piece, content.specs().get(piece));
    }
    assertThat(profiles.knowledge(name)).isInstanceOf(KernelKnowledge.Known.class);
    assertThat(profiles.knowledge(PROFILE.digest().name()))
        .as("another kernel, which states no types")
        .isInstanceOfSatisfying(
            KernelKnowledge.Known.class, known -> assertThat(known.kernel().hasTypes()).isFalse());
  }

  /** Whoever announces rubbish fails alone, and says so. */
  @Test
  void piecesThatAreNoTypesAreSaid() throws MalformedContentException {
    KernelTypesContent rubbish = KernelTypesContent.of(new byte[] {1, 2}, new byte[] {3});
    profiles.put(PROFILE.digest().name(), PROFILE.toSpec());
    rubbish.specs().forEach(profiles.types()::put);

    assertThat(build(ARGUMENTS_BY_NAME, known(rubbish.pieces())))
        .isInstanceOfSatisfying(
            BuildOutcome.Impossible.class,
            impossible -> {
              assertThat(impossible.reason()).isEqualTo(Reason.MALFORMED_PROFILE);
              assertThat(impossible.message()).contains("type information");
            });
  }

  @Test
  void whatAPieceBelongsToIsInTheNameOfTheKernel() {
    assertThat(nameOf(content.pieces()))
        .contains(PROFILE.digest().name())
        .contains(content.pieces().names().toList());
  }

  private void upload() throws MalformedContentException {
    profiles.put(PROFILE.digest().name(), PROFILE.toSpec());
    content.specs().forEach(profiles.types()::put);
  }

  private String nameOf(TypesPieces pieces) {
    return profiles.nameOf(
        new SelectedKernel(
            "identity", PROFILE.digest().name(), Optional.of(pieces), List.of("6.18"), 1));
  }

  private KernelDescription known(TypesPieces pieces) {
    return ((KernelKnowledge.Known) profiles.knowledge(nameOf(pieces))).kernel();
  }

  private BuiltObject built(String source, KernelDescription kernel) {
    return ((BuildOutcome.Built) build(source, kernel)).object();
  }

  private BuildOutcome build(String source, KernelDescription kernel) {
    return builder
        .build(new SourceUnit("typed", source, Tier.OBSERVE, Map.of()), kernel, Budget.UNLIMITED)
        .outcome();
  }
}
