package dev.whistler.bpf.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfSymbol;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.verifier.Reason;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CoreRelocatorTest {
  @BeforeAll
  static void present() {
    Assumptions.assumeTrue(KernelBtf.isPresent(), "this kernel has no type information");
  }

  /** Runs a raw tracepoint program in this thread and returns the object's global variables. */
  private static Map<String, Long> run(String name, String program) {
    byte[] bytes = ClangObjects.build(name);
    BpfObject object = BpfObject.open(bytes);
    try (LoadedObject loaded = object.load()) {
      loaded.program(program).testRun(TestRun.context(new byte[16]));
      Map<String, Long> globals = new HashMap<>();
      ElfFile elf = ElfFile.parse(bytes);
      for (String section : loaded.maps().keySet()) {
        Structure value = new Structure(TestMaps.value(loaded.map(section), new byte[4]));
        int index = elf.section(section).orElseThrow().index();
        for (ElfSymbol symbol : elf.symbols()) {
          if (symbol.section() == index && symbol.size() == 8) {
            globals.put(symbol.name(), value.getLong((int) symbol.value()));
          }
        }
      }
      return globals;
    }
  }

  @Test
  void fieldsAreReadWhereThisKernelHasThem() {
    Map<String, Long> globals = run("core_fields", "read_task");
    assertThat(globals.get("tgid")).isEqualTo(ProcessHandle.current().pid());
    assertThat(globals.get("leader")).isEqualTo(ProcessHandle.current().pid());
    assertThat(globals.get("uid")).isZero();
    assertThat(globals.get("exists")).isEqualTo(1);
    assertThat(globals.get("missing")).isZero();
    assertThat(globals.get("guarded")).isEqualTo(-1);
    assertThat(globals.get("size")).isEqualTo(4);
    assertThat(globals.get("comm_size")).isEqualTo(16);
    Btf kernel = KernelBtf.running();
    assertThat(globals.get("type_size"))
        .isEqualTo(
            kernel.sizeOf(kernel.find("task_struct", BtfType.Composite.class).orElseThrow()));
  }

  @Test
  void typesAndEnumeratorsAreAskedFor() {
    Map<String, Long> globals = run("core_types", "ask");
    assertThat(globals.get("here")).isEqualTo(1);
    assertThat(globals.get("absent")).isZero();
    assertThat(globals.get("value")).isEqualTo(1);
    assertThat(globals.get("value_exists")).isEqualTo(1);
    assertThat(globals.get("value_absent")).isZero();
    assertThat(globals.get("kernel_id"))
        .isEqualTo(KernelBtf.running().find("task_struct", BtfType.Composite.class).orElseThrow());
  }

  @Test
  void bitFieldsAreFound() {
    Map<String, Long> globals = run("core_bits", "ask");
    Btf kernel = KernelBtf.running();
    BtfType.Composite buffer =
        (BtfType.Composite)
            kernel.type(kernel.find("sk_buff", BtfType.Composite.class).orElseThrow());
    BtfType.Member field =
        buffer.members().stream().filter(m -> m.name().equals("nohdr")).findFirst().orElseThrow();
    assertThat(64 - globals.get("right")).isEqualTo(field.bits());
    // The last bit of the field is as far from the word's end as the word is shifted left.
    assertThat(globals.get("offset") * 8 + 64 - globals.get("left"))
        .isEqualTo(field.bitOffset() + field.bits());
    assertThat(globals.get("size")).isEqualTo(1);
    assertThat(globals.get("is_signed")).isZero();
  }

  @Test
  void anUnguardedFieldThatIsMissingIsRefusedByTheVerifier() {
    BpfObject object = BpfObject.open(ClangObjects.build("core_missing"));
    assertThatThrownBy(object::load)
        .isInstanceOfSatisfying(
            VerifierException.class,
            e -> {
              assertThat(e)
                  .hasMessageContaining("the kernel's struct task_struct has no no_such_member")
                  .hasMessageContaining("Linux " + System.getProperty("os.version"));
              assertThat(e.verdict().orElseThrow().reason()).isEqualTo(Reason.KERNEL_TYPE);
              assertThat(e.log()).contains("has no no_such_member");
            });
  }

  private static String poisoned(String declarations, String body) {
    String source =
        """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>
        #include <bpf/bpf_core_read.h>
        %s
        SEC("raw_tp/task_newtask") int ask(void *ctx) { %s }
        char _license[] SEC("license") = "GPL";
        """
            .formatted(declarations, body);
    BpfObject object = BpfObject.open(ClangObjects.compile("poisoned", source));
    try (LoadedObject _ = object.load()) {
      return "loads";
    } catch (VerifierException e) {
      assertThat(e.verdict().orElseThrow().reason()).isEqualTo(Reason.KERNEL_TYPE);
      return e.verdict().orElseThrow().message();
    }
  }

  @Test
  void aRelocationThatFailsNamesWhatTheKernelLacks() {
    assertThat(
            poisoned(
                "struct no_such_thing { long a; } __attribute__((preserve_access_index));",
                "return bpf_core_field_offset(struct no_such_thing, a);"))
        .startsWith("the kernel has no struct no_such_thing");
    assertThat(
            poisoned(
                "enum bpf_map_type___mine { NO_SUCH_MAP___mine = 3 };",
                "return bpf_core_enum_value(enum bpf_map_type___mine, NO_SUCH_MAP___mine);"))
        .startsWith("the kernel's enum bpf_map_type has no NO_SUCH_MAP");
    assertThat(
            poisoned(
                "struct mm_x { int gone[4]; }; struct task_struct { struct mm_x *mm; struct { int gone; } se;"
                    + " } __attribute__((preserve_access_index));",
                "return bpf_core_field_offset(struct task_struct, se.gone);"))
        .startsWith("the kernel's struct task_struct has no se.gone");
    assertThat(
            poisoned(
                "struct task_struct { long pid; } __attribute__((preserve_access_index));",
                "struct task_struct *t = (void *)bpf_get_current_task(); return t->pid;"))
        .startsWith(
            "the kernel's struct task_struct has pid as a value of 4 bytes, where the program was"
                + " compiled for a value of 8 bytes");
    assertThat(
            poisoned(
                "struct no_such_thing { long a; };",
                "return bpf_core_type_size(struct no_such_thing);"))
        .isEqualTo("loads");
  }

  @Test
  void theNameOfTheTaskIsRead() throws Exception {
    BpfObject object = BpfObject.open(ClangObjects.build("core_fields"));
    try (LoadedObject loaded = object.load()) {
      Thread thread =
          new Thread(
              () -> loaded.program("read_task").testRun(TestRun.context(new byte[16])),
              "asked-for-name");
      thread.start();
      thread.join();
      byte[] globals = TestMaps.value(loaded.map(".bss"), new byte[4]);
      assertThat(new String(globals, StandardCharsets.ISO_8859_1)).contains("asked-for-name");
    }
  }
}
