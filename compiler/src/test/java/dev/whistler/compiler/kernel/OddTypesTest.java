package dev.whistler.compiler.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Structs of the kernel that hold what no scalar type holds, or that share a name (section 14). */
class OddTypesTest {
  private static final int INT = BtfTypes.KIND_INT;

  /** {@code struct odd { int plain; TYPE wide; TYPE many[2]; }} and a function that takes one. */
  private static SmallKernel withWide(int kind, int size, int... more) {
    BtfSample btf = new BtfSample(0, 0);
    int int32 = btf.type("int", INT, 0, 4, 1 << 24 | 32);
    int wide = btf.type("wide", kind, 0, size, more);
    int many = btf.type("", BtfTypes.KIND_ARRAY, 0, 0, wide, int32, 2);
    btf.type(
        "odd",
        BtfTypes.KIND_STRUCT,
        3,
        64,
        btf.string("plain"),
        int32,
        0,
        btf.string("wide"),
        wide,
        128,
        btf.string("many"),
        many,
        256);
    int prototype = btf.type("", BtfTypes.KIND_FUNC_PROTO, 1, 0, btf.string("w"), wide);
    btf.type("take_wide", BtfTypes.KIND_FUNC, 0, prototype);
    return new SmallKernel().types(btf);
  }

  private static String program(String form) {
    return "(import-kernel-struct odd)\n"
        + "(defprog p (:type :raw-tracepoint :section \"raw_tp/sched_switch\") "
        + form
        + " 0)";
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5, 16, 32})
  void anIntegerOfAnotherWidthHasOnlyAnAddress(int size) {
    check(withWide(INT, size, 8 * size), size);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16})
  void aFloatingPointNumberHasOnlyAnAddress(int size) {
    check(withWide(BtfTypes.KIND_FLOAT, size), size);
  }

  private static void check(SmallKernel kernel, int size) {
    String shown = size == 0 ? "" : " of " + size + " bytes";
    assertThat(kernel.diagnostics(program("(odd-wide (arg 1))")))
        .containsExactly(
            "2:67 E-FIELD: the field wide of odd"
                + shown
                + " fits no scalar type [take its address with (odd-wide-ptr p)]");
    assertThat(kernel.diagnostics(program("(odd-many (arg 1) 1)")))
        .singleElement()
        .asString()
        .startsWith("2:67 E-FIELD: the elements of many are no scalars");
    assertThat(kernel.diagnostics(program("(odd-wide-ptr (arg 1))"))).isEmpty();
    assertThat(kernel.diagnostics(program("(odd-plain (arg 1))"))).isEmpty();
    assertThat(kernel.diagnostics("(defprog p (:section \"fentry/take_wide\") (arg w) 0)"))
        .isEmpty();
  }

  /** Structs of one name: {@code one { int stage; T cookie; }}, with a gap of so many bytes. */
  private static BtfSample sameName(int... gaps) {
    BtfSample btf = new BtfSample(0, 0);
    int int32 = btf.type("int", INT, 0, 4, 1 << 24 | 32);
    for (int i = 0; i < gaps.length; i++) {
      btf.type(
          "twin",
          BtfTypes.KIND_STRUCT,
          2,
          gaps[i] + 8,
          btf.string("stage"),
          int32,
          8 * gaps[i],
          btf.string("only" + i),
          int32,
          8 * (gaps[i] + 4));
    }
    return btf;
  }

  @Test
  void amongStructsOfOneNameTheFieldsTell() {
    SmallKernel kernel = new SmallKernel().types(sameName(0, 24));
    String use = "(defprog p (:type :raw-tracepoint :section \"raw_tp/x\") (twin-%s (arg 0)) 0)";

    assertThat(
            kernel
                .compile("(import-kernel-struct twin only1 stage)" + use.formatted("stage"))
                .object()
                .orElseThrow()
                .schema())
        .contains("\"field\":\"stage\",\"offset\":24");
    assertThat(
            kernel
                .compile("(import-kernel-struct twin only0 stage)" + use.formatted("stage"))
                .object()
                .orElseThrow()
                .schema())
        .contains("\"field\":\"stage\",\"offset\":0");
  }

  @Test
  void structsOfOneNameThatAnswerDifferentlyAreAnError() {
    SmallKernel kernel = new SmallKernel().types(sameName(0, 24));
    String use = "(defprog p (:type :raw-tracepoint :section \"raw_tp/x\") 0)";

    assertThat(kernel.diagnostics("(import-kernel-struct twin stage)" + use))
        .containsExactly(
            "1:23 E-KSTRUCT: the kernel has 2 different structs twin with these fields: one of 8"
                + " bytes with only0 (stage at 0); one of 32 bytes with only1 (stage at 24)"
                + " [name a field that only the one that is meant has]");
    assertThat(kernel.diagnostics("(import-kernel-struct twin)" + use))
        .singleElement()
        .asString()
        .startsWith("1:23 E-KSTRUCT: the kernel has 2 different structs twin: ");
    assertThat(kernel.diagnostics("(import-kernel-struct twin stage only7)" + use))
        .singleElement()
        .asString()
        .startsWith("1:34 E-FIELD: the kernel's twin has no field only7");
  }

  @Test
  void structsOfOneNameThatAnswerAlikeAreOne() {
    SmallKernel kernel = new SmallKernel().types(sameName(8, 8));

    assertThat(
            kernel.diagnostics(
                "(import-kernel-struct twin stage)"
                    + "(defprog p (:type :raw-tracepoint :section \"raw_tp/x\") 0)"))
        .isEmpty();
  }

  @Test
  void aStructThatTheKernelLacksMayBeOneOfAModule() {
    SmallKernel kernel = new SmallKernel().types(sameName(0));

    assertThat(
            kernel.diagnostics(
                "(import-kernel-struct xfs-inode i-mount)"
                    + "(defprog p (:type :raw-tracepoint :section \"raw_tp/x\") 0)"))
        .containsExactly(
            "1:23 E-KSTRUCT: the kernel has no struct xfs_inode (types of kernel modules are not"
                + " known)");
  }

  /** Two anonymous members in each of 32 levels: 4 thousand million members without one name. */
  @Test
  void anonymousMembersDoNotMultiplyWithoutEnd() {
    BtfSample btf = new BtfSample(0, 0);
    int inner = btf.type("", BtfTypes.KIND_STRUCT, 0, 4);
    for (int level = 0; level < 30; level++) {
      inner = btf.type("", BtfTypes.KIND_STRUCT, 2, 4, 0, inner, 0, 0, inner, 0);
    }
    btf.type("bomb", BtfTypes.KIND_STRUCT, 1, 4, 0, inner, 0);
    KernelDescription kernel = new SmallKernel().types(btf).description();

    assertThatThrownBy(() -> kernel.structs("bomb"))
        .isInstanceOf(MalformedKernelException.class)
        .hasMessageContaining("more than 65536 members");
  }

  @Test
  void absentNamesAreNotKept() {
    KernelDescription kernel = new SmallKernel().types(sameName(0)).description();

    assertThat(kernel.structs("nothing")).isEqualTo(List.of());
    assertThat(kernel.function("nothing")).isEmpty();
  }
}
