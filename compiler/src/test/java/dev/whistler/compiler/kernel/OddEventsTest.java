package dev.whistler.compiler.kernel;

import static dev.whistler.compiler.kernel.SmallKernel.field;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events whose descriptions hold more than plain scalars, as programs see them (section 13.3). */
class OddEventsTest {
  private static final String PLAIN = field("int plain", 40, 4, 1);

  private static String program(String event, String value) {
    return """
        (deftracepoint odd/event)
        (defmap out :type :hash :key-type u32 :value-type u64 :max-entries 4)
        (defprog p (:type :tracepoint :section "tracepoint/%s")
          (setf (getmap out 1) %s) 0)
        """
        .formatted(event, value);
  }

  private static String program(String value) {
    return program("odd/event", value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "void (*fn)(struct foo *, int)",
        "u8 m[2][3]",
        "u16 k[sizeof(tab[0])]",
        "char[8] words",
        "u8 [",
        "struct { int a; } s",
        "int plainer[",
      })
  void theOtherFieldsOfAnEventCanBeUsed(String declaration) {
    SmallKernel kernel = new SmallKernel().event("odd/event", field(declaration, 8, 8, 0), PLAIN);

    assertThat(kernel.instructions(program("(tp-plain)"))).contains("*(u32 *)(r1 + 40)");
    assertThat(
            kernel.diagnostics(
                """
                (deftracepoint odd/event plain)
                (defprog p (:type :tracepoint :section "tracepoint/odd/event") (tp-plain))
                """))
        .isEmpty();
  }

  @Test
  void aFieldThatCannotBeUsedSaysWhy() {
    SmallKernel kernel =
        new SmallKernel().event("odd/event", field("void (*fn)(struct foo *)", 8, 8, 0), PLAIN);
    String why =
        "E-TPFIELD: the field fn of odd/event cannot be used: in the kernel's format it is a"
            + " pointer to a function [the other fields of the event can be used]";

    assertThat(kernel.diagnostics(program("(tp-fn)"))).containsExactly("4:24 " + why);
    assertThat(
            kernel.diagnostics(
                "(deftracepoint odd/event fn)\n"
                    + "(defprog p (:type :tracepoint :section \"tracepoint/odd/event\") (tp-fn))"))
        .containsExactly("1:26 " + why);
    assertThat(
            kernel.diagnostics(
                "(deftracepoint odd/event (:optional fn))\n"
                    + "(defprog p (:type :tracepoint :section \"tracepoint/odd/event\")"
                    + " (if (tp-field-exists odd/event fn) (tp-fn) 0))"))
        .isEmpty();
  }

  @Test
  void anElementIsReadWhereItIs() {
    SmallKernel kernel =
        new SmallKernel()
            .event("odd/event", field("u32 words[NR_WORDS]", 8, 16, 0), PLAIN)
            .event("odd/structs", field("struct pair pairs[2]", 8, 32, 0));

    assertThat(kernel.instructions(program("(tp-words 1)"))).contains("*(u32 *)(r1 + 12)");
    assertThat(
            kernel.diagnostics(
                """
                (deftracepoint odd/structs)
                (defprog p (:type :tracepoint :section "tracepoint/odd/structs") (tp-pairs 1))
                """))
        .singleElement()
        .asString()
        .startsWith("2:66 E-TPFIELD: the elements of pairs have 16 bytes, no scalars");
  }

  @Test
  void anIntArgumentOfASystemCallHasFourBytes() {
    SmallKernel kernel =
        new SmallKernel()
            .event(
                "syscalls/sys_enter_x",
                field("int __syscall_nr", 8, 4, 1),
                field("int dfd", 16, 8, 0),
                field("umode_t mode", 24, 8, 0),
                field("size_t count", 32, 8, 0));
    String source =
        """
        (deftracepoint syscalls/sys-enter-x)
        (defmap out :type :hash :key-type u32 :value-type u64 :max-entries 4)
        (defprog p (:type :tracepoint :section "tracepoint/syscalls/sys_enter_x")
          (setf (getmap out 1) %s) 0)
        """;

    assertThat(kernel.instructions(source.formatted("(tp-dfd)")))
        .contains("*(u32 *)(r1 + 16)", "s>>= 32");
    assertThat(kernel.instructions(source.formatted("(tp-mode)"))).contains("*(u16 *)(r1 + 24)");
    assertThat(kernel.instructions(source.formatted("(tp-count)"))).contains("*(u64 *)(r1 + 32)");
    assertThat(kernel.compile(source.formatted("(tp-dfd)")).object().orElseThrow().schema())
        .contains("\"field\":\"dfd\",\"offset\":16,\"size\":8,\"signed\":false");
  }

  @Test
  void aMisalignedFieldIsNoInstructionThatTheKernelRefuses() {
    SmallKernel kernel = new SmallKernel().event("odd/event", field("u32 skewed", 9, 4, 0));

    assertThat(kernel.diagnostics(program("(tp-skewed)")))
        .containsExactly(
            "4:24 E-ALIGN: the field skewed is not aligned and cannot be read directly");
  }
}
