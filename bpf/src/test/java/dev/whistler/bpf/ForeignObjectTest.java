package dev.whistler.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.codec.CodecException;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.prog.VerifierException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What objects of other people's builds do that ours do not. */
class ForeignObjectTest {
  private static final String PRELUDE =
      """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      char _license[] SEC("license") = "GPL";
      """;

  private KernelObjects before;

  @BeforeEach
  void count() {
    before = KernelObjects.now();
  }

  @AfterEach
  void nothingIsLeft() {
    before.assertUnchanged();
  }

  private static BpfObject object(String source) {
    return BpfObject.open(ClangObjects.compile("foreign", PRELUDE + source));
  }

  private static int run(LoadedObject loaded, String program) {
    return loaded.program(program).testRun(TestRun.packet(new byte[64])).returnValue();
  }

  @Test
  void parametersWithoutNamesDoNotRefuseTheObject() {
    BpfObject object =
        object(
            """
            static __noinline int twice(int, int);
            SEC("xdp") int pass(struct xdp_md *) { return twice(2, 3); }
            static __noinline int twice(int, int b) { return 2 * b; }
            struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, long); __uint(max_entries, 2); } m SEC(".maps");
            """);
    try (LoadedObject loaded = object.load()) {
      assertThat(run(loaded, "pass")).isEqualTo(6);
      assertThat(loaded.program("pass").info().btfId()).isPositive();
      assertThat(loaded.map("m").info().btfId()).isPositive();
    }
  }

  @Test
  void typesThatNoKernelKnowsAreLeftOut() {
    byte[] bytes =
        ClangObjects.compile(
            "odd", PRELUDE + "SEC(\"xdp\") int pass(struct xdp_md *x) { return 2; }");
    // An integer of 77 bits offset: the kernel refuses it, whatever its age.
    ElfFile elf = ElfFile.parse(bytes);
    var section = elf.section(".BTF").orElseThrow();
    Btf btf = Btf.parse(elf.bytes(section));
    for (int id = 1; id < btf.typeCount(); id++) {
      if (btf.type(id) instanceof BtfType.Int) {
        bytes[(int) section.offset() + btf.recordOffset(id) + 14] = 77;
      }
    }
    try (LoadedObject loaded = BpfObject.open(bytes).load()) {
      assertThat(run(loaded, "pass")).isEqualTo(2);
      assertThat(loaded.program("pass").info().btfId()).isZero();
    }
  }

  @Test
  void hooksAreLookedUpInTheRunningKernel() {
    byte[] other =
        ClangObjects.compile(
            "other",
            "typedef void (*btf_trace_sched_process_fork)(void *, int); int x;"
                + " btf_trace_sched_process_fork f; struct task_struct { int pid; } t;");
    ElfFile elf = ElfFile.parse(other);
    Btf types = Btf.parse(elf.bytes(elf.section(".BTF").orElseThrow()));
    BpfObject object =
        object(
            """
            struct task_struct { int pid; } __attribute__((preserve_access_index));
            SEC("tp_btf/sched_process_fork") int fork(void *ctx) { return 0; }
            """);
    try (LoadedObject loaded = object.load(LoadOptions.defaults().withKernelTypes(types))) {
      assertThat(loaded.programs()).containsKey("fork");
    }
    assertThat(KernelBtf.running().find("btf_trace_sched_process_fork", BtfType.class)).isPresent();
  }

  @Test
  void staticProgramsAreRefused() {
    assertThatThrownBy(
            () ->
                object(
                    "SEC(\"xdp\") static __attribute__((used)) int tail(struct xdp_md *x) { return 2; }"))
        .isInstanceOf(ObjectFormatException.class)
        .hasMessageContaining("tail")
        .hasMessageContaining("static");
  }

  @Test
  void codeWithoutSymbolsIsRefused() {
    assertThatThrownBy(
            () ->
                object(
                    """
                    SEC("xdp") int named(struct xdp_md *x) { return 2; }
                    __asm__(".section \\"xdp\\", \\"ax\\"\\nr0 = 1\\nexit\\n.text\\n");
                    """))
        .isInstanceOf(ObjectFormatException.class)
        .hasMessageContaining("section xdp")
        .hasMessageContaining("no function symbol");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "__uint(type, 1); __type(key, int); __type(value, int); __uint(max_entries, 1); __uint(pinning, 16);|unknown pinning 16",
        "__uint(type, 1); __type(key, int); __type(value, int); __uint(max_entries, 1); __uint(colour, 3);|unknown member colour",
        "__uint(type, 1); __type(key, int); __type(value, int); __uint(max_entries, 1); __array(values, int (void *));|initial values"
      })
  void mapsThatAreNotUnderstoodAreRefused(String definition, String message) {
    assertThatThrownBy(() -> object("struct { " + definition + " } m SEC(\".maps\");"))
        .isInstanceOf(ObjectFormatException.class)
        .hasMessageContaining("map m")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "__uint(type, 1); __type(key, int); __type(value, int);|room for 0 entries",
        "__uint(type, 2); __type(key, long); __type(value, int); __uint(max_entries, 1);|key of an array has 4 bytes, not 8",
        "__uint(type, 4); __type(key, int); __type(value, char[84]); __uint(max_entries, 1);|4 bytes each, not 4 and 84",
        "__uint(type, 27); __uint(max_entries, 5000);|ring buffer of 5000 bytes",
        "__uint(type, 27); __uint(value_size, 8); __uint(max_entries, 4096);|neither key nor value",
        "__uint(type, 12); __type(key, int); __uint(max_entries, 1);|what maps it holds"
      })
  void mapsThatCannotBeMadeAreExplained(String definition, String message) {
    BpfObject object = object("struct { " + definition + " } m SEC(\".maps\");");
    assertThatThrownBy(object::load)
        .isInstanceOf(ObjectFormatException.class)
        .hasMessageContaining("map m cannot be made")
        .hasMessageContaining(message);
  }

  @Test
  void sizesLeftToTheLoaderCanBeGiven() {
    BpfObject object =
        object(
            """
            struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, int); } h SEC(".maps");
            struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __type(value, long); __uint(max_entries, 4096); } r SEC(".maps");
            """);
    LoadOptions options =
        LoadOptions.defaults()
            .withMaxEntries("h", 17)
            .withMap("r", spec -> spec.withMaxEntries(1 << 16));
    try (LoadedObject loaded = object.load(options)) {
      assertThat(loaded.map("h").maxEntries()).isEqualTo(17);
      assertThat(loaded.map("r").maxEntries()).isEqualTo(1 << 16);
    }
    assertThatThrownBy(() -> object.load(options.withMaxEntries("none", 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none");
  }

  private static final String GLOBALS =
      """
      struct pair { int a; unsigned char b[3]; };
      const volatile int wanted = 1; const volatile struct pair pair; const volatile _Bool on; const volatile unsigned char small;
      volatile long written = 5; volatile long zero;
      SEC("xdp") int sum(struct xdp_md *x)
      { return wanted + pair.a + pair.b[1] + (on ? 1000 : 0) + small + written + zero; }
      """;

  @Test
  void variablesCanBeGivenValuesBeforeLoading() {
    BpfObject object = object(GLOBALS);
    try (LoadedObject loaded = object.load()) {
      assertThat(run(loaded, "sum")).isEqualTo(6);
    }
    LoadOptions options =
        LoadOptions.defaults()
            .withVariable("wanted", -100)
            .withVariable("pair", Map.of("a", 7, "b", new byte[] {1, 2, 3}))
            .withVariable("on", true)
            .withVariable("small", 255)
            .withVariable("written", 10_000)
            .withVariable("zero", 100_000L);
    try (LoadedObject loaded = object.load(options)) {
      assertThat(run(loaded, "sum")).isEqualTo(-100 + 7 + 2 + 1000 + 255 + 10_000 + 100_000);
    }
  }

  @Test
  void valuesThatDoNotFitAreRefused() {
    BpfObject object = object(GLOBALS);
    for (Object value : List.of(256, -1)) {
      assertThatThrownBy(() -> object.load(LoadOptions.defaults().withVariable("small", value)))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining("small");
    }
    assertThatThrownBy(() -> object.load(LoadOptions.defaults().withVariable("nothing", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing");
  }

  @Test
  void theKernelsVersionAndWhetherItHasCookiesAreKnown() {
    BpfObject object =
        object(
            """
            extern int LINUX_KERNEL_VERSION __kconfig;
            extern _Bool LINUX_HAS_BPF_COOKIE __kconfig;
            extern int CONFIG_NOBODY_KNOWS __kconfig __weak;
            SEC("xdp") int version(struct xdp_md *x) { return LINUX_KERNEL_VERSION; }
            SEC("xdp") int cookies(struct xdp_md *x) { return LINUX_HAS_BPF_COOKIE; }
            SEC("xdp") int nothing(struct xdp_md *x) { return CONFIG_NOBODY_KNOWS; }
            """);
    try (LoadedObject loaded = object.load()) {
      assertThat(run(loaded, "version"))
          .isEqualTo(KernelConfiguration.version(System.getProperty("os.version")))
          .isGreaterThanOrEqualTo(5 << 16 | 15 << 8);
      assertThat(run(loaded, "cookies")).isEqualTo(1);
      assertThat(run(loaded, "nothing")).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "6.18.5,397829",
    "6.1.0-13-amd64,393472",
    "5.15.300-x,331775",
    "7.0,458752",
    "nonsense,0"
  })
  void aVersionIsThreeBytes(String release, int expected) {
    assertThat(KernelConfiguration.version(release)).isEqualTo(expected);
  }

  @Test
  void weakSymbolsNeedNotBeDefined() {
    BpfObject object =
        object(
            """
            extern const void nobody __ksym __weak;
            extern int no_function(int) __ksym __weak;
            SEC("xdp") int there(struct xdp_md *x) { return &nobody ? 1 : 7; }
            SEC("xdp") int guarded(struct xdp_md *x) { return bpf_ksym_exists(no_function) ? no_function(1) : 8; }
            SEC("xdp") int called(struct xdp_md *x) { return no_function(1); }
            """
                .replace("bpf_ksym_exists(no_function)", "(&no_function != 0)"));
    try (LoadedObject loaded =
        object.load(LoadOptions.defaults().withPrograms(name -> !name.equals("called")))) {
      assertThat(run(loaded, "there")).isEqualTo(7);
      assertThat(run(loaded, "guarded")).isEqualTo(8);
    }
    assertThatThrownBy(() -> object.load(LoadOptions.defaults().withPrograms("called"::equals)))
        .isInstanceOf(VerifierException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "extern int CONFIG_HZ __kconfig; int f(void) { return CONFIG_HZ; }|CONFIG_HZ of the kernel's configuration",
        "extern const void init_task __ksym; long f(void) { return (long)&init_task; }|kernel's symbol init_task",
        "extern void bpf_rcu_read_lock(void) __ksym; int f(void) { bpf_rcu_read_lock(); return 0; }|kernel's function bpf_rcu_read_lock",
        "extern int fwd(int); int f(void) { return fwd(1); }|refers to fwd, which it does not define: define it",
        "extern int MY_CONST; int f(void) { return MY_CONST; }|refers to MY_CONST, which it does not define: define it"
      })
  void whatIsMissingIsCalledWhatItIs(String source, String message) {
    String declaration = source.replaceFirst("(int|long) f\\(void\\).*", "");
    String function = source.substring(declaration.length());
    assertThatThrownBy(() -> object(declaration + "SEC(\"xdp\") " + function))
        .isInstanceOf(ObjectFormatException.class)
        .hasMessageContaining(message);
  }

  @Test
  void programsOfAQuestionMarkAreLoadedWhenAskedFor() {
    BpfObject object =
        object(
            """
            SEC("xdp") int first(struct xdp_md *x) { return 1; }
            SEC("?xdp") int second(struct xdp_md *x) { return 2; }
            """);
    assertThat(object.programs())
        .extracting(BpfObject.Program::byDefault)
        .containsExactlyInAnyOrder(true, false);
    try (LoadedObject loaded = object.load()) {
      assertThat(loaded.programs()).containsOnlyKeys("first");
    }
    try (LoadedObject loaded = object.load(LoadOptions.defaults().withPrograms(name -> true))) {
      assertThat(loaded.programs()).containsOnlyKeys("first", "second");
      assertThat(run(loaded, "second")).isEqualTo(2);
    }
  }

  @Test
  void aSectionThatSaysNothingRefusesItsOwnProgramsOnly() {
    BpfObject object =
        object(
            """
            SEC("xdp") int first(struct xdp_md *x) { return 1; }
            SEC("from-netdev") int second(struct xdp_md *x) { return 2; }
            """);
    assertThatThrownBy(object::load)
        .isInstanceOf(ObjectFormatException.class)
        .hasMessageContaining("program second")
        .hasMessageContaining("section from-netdev");
    try (LoadedObject loaded = object.load(LoadOptions.defaults().withPrograms("first"::equals))) {
      assertThat(loaded.programs()).containsOnlyKeys("first");
    }
  }

  @Test
  void longNumbersOfMapsAreRead() {
    BpfObject object =
        object(
            """
            #define BIG(name, val) enum { value_of_##name = val } name
            struct { __uint(type, 33); __uint(map_flags, 1 << 10); __uint(max_entries, 4); BIG(map_extra, 1ull << 44); } arena SEC(".maps");
            """);
    assertThat(object.maps().getFirst().extra()).isEqualTo(1L << 44);
  }
}
