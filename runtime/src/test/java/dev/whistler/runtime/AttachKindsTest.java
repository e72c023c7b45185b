package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.compiler.Budget;
import dev.whistler.compiler.CompilationOptions;
import dev.whistler.compiler.CompilationRequest;
import dev.whistler.compiler.CompilationResult;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.source.SourceText;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs on other things than tracepoints: each event is caused and its effect seen in a map. */
@Timeout(60)
class AttachKindsTest {
  private static final Identity IDENTITY = new Identity("node-1", "kinds", "uid-kinds", 1);

  private static byte[] compile(String program) {
    String source =
        "(defmap hits :type :array :key-type u32 :value-type u64 :max-entries 1)\n" + program;
    CompilationResult result =
        Compiler.compile(
            new CompilationRequest(
                List.of(new SourceText("kinds.lisp", source)),
                Architecture.X86_64,
                new SuppliedKernel(Architecture.X86_64, Map.of(), null, null, null),
                Map.of(),
                CompilationOptions.defaults(),
                Budget.UNLIMITED));
    assertThat(result.object()).as(result.diagnostics().toString()).isPresent();
    return result.object().orElseThrow().elf();
  }

  private static RunRequest request(String program, AttachTarget.Place... places) {
    return RunRequest.of(compile(program), IDENTITY)
        .withAttach(List.of(places).stream().map(place -> new AttachTarget("p", place)).toList());
  }

  private static long hits(RunningProgram program) {
    return Long.parseLong(program.maps().read("hits", 1).rows().getFirst().values().getFirst());
  }

  private static void sendToSelf() throws Exception {
    try (DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DatagramSocket sender = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      byte[] bytes = {1, 2, 3};
      sender.send(
          new DatagramPacket(
              bytes, bytes.length, receiver.getLocalAddress(), receiver.getLocalPort()));
      receiver.setSoTimeout(5000);
      receiver.receive(new DatagramPacket(new byte[8], 8));
    }
  }

  @Test
  void rawTracepoint() throws Exception {
    String source =
        "(defprog p (:type :raw-tracepoint :section \"raw_tp/sched_process_exec\")"
            + " (incf (getmap hits 0)) 0)";
    try (RunningProgram program = Runtime.start(request(source))) {
      new ProcessBuilder("/bin/true").start().waitFor();
      assertThat(hits(program)).isPositive();
    }
  }

  @Test
  void xdpOnAnInterface() throws Exception {
    String source = "(defprog p (:type :xdp) (incf (getmap hits 0)) XDP_PASS)";
    try (RunningProgram program =
        Runtime.start(request(source, new AttachTarget.Interface("lo")))) {
      sendToSelf();
      assertThat(hits(program)).isPositive();
    }
  }

  @Test
  void tcOnAnInterface() throws Exception {
    String source =
        "(defprog p (:type :tc :section \"tcx/egress\") (incf (getmap hits 0)) TC_ACT_OK)";
    try (RunningProgram program =
        Runtime.start(request(source, new AttachTarget.Interface("lo")))) {
      sendToSelf();
      assertThat(hits(program)).isPositive();
    }
  }

  @Test
  void anInterfaceThatIsMissingOrNotSaid() {
    String source = "(defprog p (:type :xdp) XDP_PASS)";
    assertThatThrownBy(() -> Runtime.start(request(source, new AttachTarget.Interface("no-such0"))))
        .hasMessage(
            "Program p cannot be attached: this machine has no network interface 'no-such0'.");
    assertThatThrownBy(() -> Runtime.start(request(source)))
        .hasMessage(
            "Program p has the section 'xdp', which does not say where: attach it with p=if:NAME.");
  }

  @Test
  void aFunctionOfALibrary() throws Exception {
    Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
    assumeTrue(Files.exists(libc), "no libc at " + libc);
    String source =
        "(defprog p (:type :kprobe :section \"uprobe.multi/"
            + libc
            + ":getpid\") (incf (getmap hits 0)) 0)";
    try (RunningProgram program = Runtime.start(request(source))) {
      new ProcessBuilder("/bin/sh", "-c", "kill -0 $$").start().waitFor();
      new ProcessBuilder("/bin/bash", "-c", ":").start().waitFor();
      assertThat(hits(program)).isPositive();
    }
  }
}
