package dev.whistler.compiler.tier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.tier.TierCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Programs that try to leave a tier, and such as stay in it (section 19.8). */
class TierTest {
  private static final String DEFINITIONS =
      """
      (defstruct cell (at u64) (n u64))
      (defmap cells :type :hash :key-type u32 :value-type cell :max-entries 16)
      (defmap words :type :array :key-type u32 :value-type u64 :max-entries 16)
      (defmap ring :type :ringbuf :max-entries 4096 :record cell)
      (defmap next :type :prog-array :key-type u32 :value-type u32 :max-entries 4)
      (defmap ports :type :devmap :key-type u32 :value-type u32 :max-entries 4)
      (defglobal saved u64)
      """;

  private static CompilationResult compile(String source, Tier tier) {
    CompilationOptions options = CompilationOptions.defaults().withTier(tier);
    return Compiler.compile(
        CompilationRequest.of(Architecture.X86_64, new SourceText("t.w", source))
            .withKernel(new SampleKernel())
            .withOptions(options));
  }

  private static List<Code> errors(CompilationResult result) {
    return result.diagnostics().stream()
        .filter(d -> d.severity() == Severity.ERROR)
        .map(Diagnostic::code)
        .distinct()
        .toList();
  }

  /** A program that compiles, but not in {@code observe}. */
  private static DynamicTest escape(String name, String source) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          CompilationResult free = compile(source, Tier.UNRESTRICTED);
          assertThat(errors(free)).as("%s", free.diagnostics()).isEmpty();
          CompilationResult observed = compile(source, Tier.OBSERVE);
          assertThat(errors(observed)).as(source).containsExactly(Code.E_POLICY);
          assertThat(observed.object()).isEmpty();
          // The compiler is not asked by whoever brings his own object.
          byte[] elf = free.object().orElseThrow().elf();
          assertThat(TierCheck.check(elf, dev.whistler.tier.Tier.OBSERVE)).isNotEmpty();
        });
  }

  /** An XDP program with 14 bytes of packet at {@code data}. */
  private static String xdp(String form) {
    return DEFINITIONS
        + "(defprog p (:type :xdp :license \"GPL\")\n"
        + "  (with-packet (data data-end)\n"
        + "    (when (<= (+ data 14) data-end)\n      "
        + form
        + "))\n"
        + "  XDP_PASS)\n";
  }

  private static String program(String section, String form, String result) {
    return DEFINITIONS
        + "(defprog p (:section \"%s\" :license \"GPL\")\n  %s\n  %s)\n"
            .formatted(section, form, result);
  }

  private static String returning(String section, String result) {
    return program(section, "0", result);
  }

  @TestFactory
  Stream<DynamicTest> storesToPackets() {
    Map<String, String> forms = new LinkedHashMap<>();
    forms.put("plain", "(store u8 data 0 1)");
    forms.put("cast", "(let ((a (cast u64 data))) (store u8 a 0 1))");
    forms.put("assigned", "(let ((q (struct-alloc 8))) (setf q data) (store u8 q 0 1))");
    forms.put(
        "joined", "(let ((q (struct-alloc 8))) (store u8 (if (get-prandom-u32) q data) 0 1))");
    forms.put(
        "joined as words",
        "(let ((q (if (get-prandom-u32) (cast u64 (struct-alloc 8)) (cast u64 data)))) (store u8 q"
            + " 0 1))");
    forms.put("minimum", "(let ((a (min (cast u64 data) (cast u64 data-end)))) (store u8 a 0 1))");
    forms.put("maximum", "(let ((a (max (cast u64 data) 64))) (store u8 a 0 1))");
    forms.put("32 bits", "(let ((a (cast u32 (cast u64 data)))) (store u8 (cast u64 a) 0 1))");
    forms.put("sum", "(store u8 (+ 2 (cast u64 data)) 0 1)");
    forms.put("difference", "(store u8 (- (+ (cast u64 data) 14) 2) 0 1)");
    forms.put("exclusive or", "(store u8 (logxor (logxor (cast u64 data) 5) 5) 0 1)");
    forms.put("mask", "(store u8 (logand (cast u64 data) #xfffffffffffffff8) 0 1)");
    forms.put(
        "distance from the stack",
        "(let ((b (struct-alloc 8))) (store u8 (+ (cast u64 b) (- (cast u64 data) (cast u64 b))) 0"
            + " 1))");
    forms.put(
        "stack",
        "(let ((b (struct-alloc 8))) (store u64 b 0 (cast u64 data)) (store u8 (load u64 b 0) 0"
            + " 1))");
    forms.put(
        "struct",
        "(let ((c (make-cell))) (setf (cell-at c) (cast u64 data)) (store u8 (cell-at c) 0 1))");
    forms.put(
        "map value",
        "(when-let ((c (getmap cells 1))) (store u64 c 0 (cast u64 data)) (store u8 (load"
            + " u64 c 0) 0 1))");
    forms.put("global", "(setf saved (cast u64 data)) (store u8 saved 0 1)");
    forms.put("atomic", "(atomic-add (cast u64 data) 0 1)");
    forms.put("atomic with result", "(setf saved (atomic-fetch-add (cast u64 data) 0 1))");
    forms.put("atomic of 4 bytes", "(atomic-add (cast u64 data) 4 1 u32)");
    forms.put("memset", "(memset (cast u64 data) 0 0 8)");
    forms.put("memcpy", "(let ((b (make-cell))) (memcpy (cast u64 data) 0 b 0 8))");
    forms.put("helper that writes", "(probe-read-kernel (cast u64 data) 8 (get-current-task))");
    forms.put("loop's body", "(let ((a (cast u64 data))) (bpf-loop (i 4) (store u8 a 0 1)))");
    forms.put("dotimes", "(let ((a (cast u64 data))) (dotimes (i 4) (store u8 a i 1)))");
    forms.put("null first", "(let ((a 0)) (setf a (cast u64 data)) (store u8 a 0 1))");
    forms.put("constant", "(store u8 #xffff888000000000 0 1)");
    forms.put("random", "(store u8 (cast u64 (get-prandom-u32)) 0 1)");
    forms.put("what is read from the packet", "(store u8 (load u64 data 0) 0 1)");
    return forms.entrySet().stream().map(f -> escape(f.getKey(), xdp(f.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> functions() {
    return Stream.of(
        escape(
            "an argument of a function",
            "(defun poke (a b) (store u8 a 0 b) 0)\n" + xdp("(poke (cast u64 data) 1)")),
        escape(
            "the value of a function",
            "(defun same (a) (if (> a 5) a 0))\n" + xdp("(store u8 (same (cast u64 data)) 0 1)")),
        escape(
            "a function called with the stack and with a packet",
            "(defun poke (a b) (store u8 a 0 b) (store u8 a 1 b) (store u8 a 2 (+ b 1)) 0)\n"
                + xdp("(poke (cast u64 (struct-alloc 8)) 1) (poke (cast u64 data) 1)")));
  }

  @TestFactory
  Stream<DynamicTest> helpers() {
    String kprobe = "kprobe/do_exit";
    String tc = "tc";
    return Stream.of(
        escape("send-signal", program(kprobe, "(send-signal 9)", "0")),
        escape(
            "probe-write-user",
            program(kprobe, "(probe-write-user (pt-regs-parm1) (make-cell) 8)", "0")),
        escape("override-return", program(kprobe, "(override-return (ctx-ptr) 0)", "0")),
        escape("redirect", program(tc, "(redirect 1 0)", "0")),
        escape("redirect-map", program("xdp", "(redirect-map ports 0 0)", "XDP_PASS")),
        escape("tail-call", program("xdp", "(tail-call next 1)", "XDP_PASS")),
        escape(
            "skb-store-bytes", program(tc, "(skb-store-bytes (ctx-ptr) 0 (make-cell) 8 0)", "0")),
        escape("skb-pull-data", program(tc, "(skb-pull-data (ctx-ptr) 64)", "0")),
        escape("xdp-adjust-head", program("xdp", "(xdp-adjust-head (ctx-ptr) 8)", "XDP_PASS")),
        escape("set-retval", program("cgroup/connect4", "(set-retval -1)", "1")),
        escape(
            "setsockopt",
            program("cgroup/connect4", "(setsockopt (ctx-ptr) 1 9 (make-cell) 4)", "1")),
        escape(
            "sock-ops-cb-flags-set",
            program("sockops", "(sock-ops-cb-flags-set (ctx-ptr) 7)", "1")));
  }

  @TestFactory
  Stream<DynamicTest> kernelMemoryAndContexts() {
    return Stream.of(
        escape(
            "an object of the kernel",
            program("fentry/do_exit", "(store u64 (get-current-task-btf) 64 0)", "0")),
        escape("the context of tc", program("tc", "(ctx-store u32 8 1)", "0")),
        escape(
            "the context by its address",
            program("tc", "(let ((c (cast u64 (ctx-ptr)))) (store u32 c 8 1))", "0")),
        escape(
            "an argument of a function of the kernel",
            program("fentry/do_exit", "(store u64 (ctx-load u64 0) 0 0)", "0")),
        escape(
            "the address of a socket",
            program("cgroup/connect4", "(ctx-store u32 4 16777343)", "1")));
  }

  @TestFactory
  Stream<DynamicTest> returnValues() {
    return Stream.of(
        escape("drop", returning("xdp", "XDP_DROP")),
        escape("drop by a variable", returning("xdp", "(let ((r 1)) (incf r 0) r)")),
        escape("drop at times", program("xdp", "(when (get-prandom-u32) (return 1))", "2")),
        escape("random", returning("xdp", "(logand (get-prandom-u32) 2)")),
        escape("deny in a cgroup", returning("cgroup/connect4", "0")),
        escape("deny by LSM", returning("lsm/file_open", "-1")),
        escape("deny by LSM in a cgroup", returning("lsm_cgroup/socket_bind", "0")),
        escape("result of a function", returning("fmod_ret/do_exit", "-1")),
        escape("cut packets", returning("socket", "0")),
        escape("drop by netfilter", returning("netfilter", "0")),
        escape("dissect", returning("flow_dissector", "0")),
        escape("length of messages", returning("sk_skb/stream_parser", "0")),
        escape("system calls", returning("syscall", "0")));
  }

  @TestFactory
  Stream<DynamicTest> whatObserversMayDo() {
    return Stream.of(
            xdp("(incf (getmap words 1) (- data-end data))"),
            xdp(
                "(let ((c (make-cell))) (setf (cell-n c) (load u8 data 3)) (setf (getmap cells 1)"
                    + " c))"),
            xdp("(when-let ((c (getmap cells 1))) (atomic-add c 8 1))"),
            xdp("(incf saved)"),
            "(defun add (a b) (store u64 a 0 b) (store u64 a 8 b) 0)\n"
                + xdp("(let ((c (make-cell))) (add (cast u64 c) 7) (setf (getmap cells 1) c))"),
            xdp(
                "(let ((c (make-cell))) (bpf-loop (i 4) (incf (cell-n c) i)) (setf (getmap cells 1)"
                    + " c))"),
            program("lsm_cgroup/socket_bind", "(incf (getmap words 1))", "1"),
            program("lsm/file_open", "(incf (getmap words 1))", "0"),
            program("fmod_ret/do_exit", "(incf (getmap words 1))", "0"),
            program("kprobe/do_exit", "(incf (getmap words 1))", "7"),
            program("fexit/do_exit", "(incf (getmap words (logand (ctx-load u64 8) 15)))", "0"))
        .map(
            source ->
                DynamicTest.dynamicTest(
                    source.lines().skip(7).findFirst().orElse(source),
                    () -> {
                      CompilationResult result = compile(source, Tier.OBSERVE);
                      assertThat(errors(result)).as("%s", result.diagnostics()).isEmpty();
                    }));
  }

  @Test
  void aViolationThatNoFormShowsIsReportedAtItsForm() {
    CompilationResult result =
        compile(xdp("(let ((a (cast u64 data)))\n        (store u8 a 0 1))"), Tier.OBSERVE);
    Diagnostic error = result.diagnostics().getFirst();
    assertThat(error.code()).isEqualTo(Code.E_POLICY);
    assertThat(error.range().startLine()).isEqualTo(12);
    assertThat(error.message())
        .startsWith("a store to a packet is not allowed in the tier observe");
  }

  @Test
  void actorsMayActButNotReplaceResultsOfFunctions() {
    for (String source :
        List.of(
            xdp("(let ((a (cast u64 data))) (store u8 a 0 1))"),
            returning("xdp", "XDP_DROP"),
            program("tc", "(ctx-store u32 8 1)", "2"),
            returning("flow_dissector", "0"),
            returning("lsm/file_open", "-1"))) {
      CompilationResult result = compile(source, Tier.ACT);
      assertThat(errors(result)).as("%s", result.diagnostics()).isEmpty();
    }
    for (String source :
        List.of(
            returning("fmod_ret/do_exit", "-1"),
            program("fentry/do_exit", "(store u64 (get-current-task-btf) 64 0)", "0"),
            program("kprobe/do_exit", "(override-return (ctx-ptr) 0)", "0"))) {
      assertThat(errors(compile(source, Tier.ACT))).as(source).containsExactly(Code.E_POLICY);
    }
  }

  /** The examples that do more than observe; each says so in its text. */
  private static final Set<String> ACTING =
      Set.of("connect-guard", "tail-calls", "tc-classifier", "xdp-port-blocker");

  @Test
  void examplesThatOnlyLookPass() throws IOException {
    List<String> refused = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("../examples"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".lisp")).sorted().toList()) {
        String source = Files.readString(file);
        if (!errors(compile(source, Tier.OBSERVE)).isEmpty()) {
          refused.add(String.valueOf(file.getFileName()).replace(".lisp", ""));
        }
        assertThat(errors(compile(source, Tier.ACT))).as("%s", file).isEmpty();
      }
    }
    assertThat(refused).containsExactlyInAnyOrderElementsOf(ACTING);
  }
}
