package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.map.PossibleCpus;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs on other things than tracepoints: each event is caused and its effect seen in a map. */
@Timeout(60)
@Isolated("faults hit the whole process")
class AttachKindsTest {
  private static final Pattern CPU = Pattern.compile(" on CPU (\\d+)$");

  private static final Identity IDENTITY = new Identity("node-1", "kinds", "uid-kinds", 1);

  private static byte[] compile(String program) {
    return Sources.compile(
        "(defmap hits :type :array :key-type u32 :value-type u64 :max-entries 1)\n" + program);
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

  @ParameterizedTest
  @ValueSource(strings = {"tcx/egress", "tcx/ingress"})
  void tcOnAnInterface(String section) throws Exception {
    String source =
        "(defprog p (:type :tc :section \"%s\") (incf (getmap hits 0)) TC_ACT_OK)"
            .formatted(section);
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

  @ParameterizedTest
  @ValueSource(strings = {"uprobe", "uretprobe", "uprobe.multi", "uretprobe.multi"})
  void aFunctionOfALibrary(String section) throws Exception {
    Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
    assumeTrue(Files.exists(libc), "no libc at " + libc);
    assertSeesProcesses(":kprobe", section + "/" + libc + ":getpid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kprobe/__x64_sys_getppid",
        "kretprobe/__x64_sys_getppid",
        "ksyscall/getppid",
        "kretsyscall/getppid"
      })
  void aFunctionOfTheKernel(String section) throws Exception {
    assumeHas(LinkFeature.KPROBE);
    assertSeesProcesses(":kprobe", section);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kprobe.multi/vfs_rea*", "kretprobe.multi/__x64_sys_getppid"})
  void functionsOfTheKernel(String section) throws Exception {
    assumeHas(LinkFeature.KPROBE_MULTI);
    assertSeesProcesses(":kprobe", section);
  }

  @Test
  void functionsOfTheKernelByTheirTypes() throws Exception {
    assumeHas(LinkFeature.FENTRY);
    assertSeesProcesses(":fentry", "fentry/vfs_read");
    assertSeesProcesses(":fexit", "fexit/vfs_read");
  }

  @Test
  void aSecurityHook() throws Exception {
    assumeHas(LinkFeature.LSM);
    assertSeesProcesses(":lsm", "lsm/file_open");
  }

  private static void assumeHas(LinkFeature feature) {
    Probe probe = Features.link(feature);
    assumeTrue(probe.support() == Probe.Support.YES, feature + ": " + probe.reason());
  }

  /** A shell opens and reads files and asks for its number and its parent's. */
  private static void assertSeesProcesses(String type, String section) throws Exception {
    String source =
        "(defprog p (:type %s :section \"%s\") (incf (getmap hits 0)) 0)".formatted(type, section);
    try (RunningProgram program = Runtime.start(request(source))) {
      new ProcessBuilder("/bin/bash", "-c", ":").start().waitFor();
      assertThat(hits(program)).isPositive();
    }
  }

  @Test
  void packetsOfACgroup() throws Exception {
    String source =
        "(defprog p (:type :cgroup-skb :section \"cgroup_skb/egress\") (incf (getmap hits 0)) 1)";
    inACgroup(
        group -> {
          try (RunningProgram program =
              Runtime.start(request(source, new AttachTarget.Cgroup(group)))) {
            inside(group, "echo x > /dev/udp/127.0.0.1/9");
            assertThat(hits(program)).isPositive();
          }
        });
  }

  /** One program puts the connections of a group into a map, the other sees what they send. */
  @Test
  void socketsOfAMap() throws Exception {
    String source =
        """
        (defmap sockets :type :sockmap :key-type u32 :value-type u32 :max-entries 4)
        (defprog p (:type :sockops)
          (when (= (ctx op) 4) ; BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB
            (sock-map-update (ctx-ptr) sockets 0 0))
          1)
        (defprog sent (:type :sk-msg) (incf (getmap hits 0)) SK_PASS)
        """;
    inACgroup(
        group -> {
          try (RunningProgram program =
                  Runtime.start(request(source, new AttachTarget.Cgroup(group)));
              ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            inside(group, "echo x > /dev/tcp/127.0.0.1/" + server.getLocalPort());
            assertThat(hits(program)).isPositive();
          }
        });
  }

  private interface GroupAction {
    void run(Path group) throws Exception;
  }

  private static void inACgroup(GroupAction action) throws Exception {
    Path group = Cgroups.create("kinds");
    try {
      action.run(group);
    } finally {
      Files.delete(group);
    }
  }

  private static void inside(Path group, String command) throws Exception {
    String whole = "echo $$ > " + group.resolve("cgroup.procs") + "; " + command;
    new ProcessBuilder("/bin/bash", "-c", whole).start().waitFor();
  }

  @Test
  void lookupsOfSockets() throws Exception {
    String source = "(defprog p (:type :sk-lookup) (incf (getmap hits 0)) SK_PASS)";
    try (RunningProgram program = Runtime.start(request(source))) {
      sendToSelf();
      assertThat(hits(program)).isPositive();
    }
  }

  @Test
  void samplesOfEachCpu() throws Exception {
    String source = "(defprog p (:type :perf-event) (incf (getmap hits 0)) 0)";
    try (RunningProgram program = Runtime.start(request(source))) {
      await().until(() -> hits(program) > 0);
    }
  }

  /** As a machine that could have more CPUs than are plugged in: those say ENODEV. */
  @Test
  void cpusThatAreNotOnlineArePassedOver() throws Exception {
    String source = "(defprog p (:type :perf-event) (incf (getmap hits 0)) 0)";
    int online = PossibleCpus.count() - 1;
    assumeTrue(online > 0, "this machine has one CPU");
    Set<String> asked = ConcurrentHashMap.newKeySet();
    try (AutoCloseable _ = Faults.install(action -> offline(action, asked, online));
        RunningProgram program = Runtime.start(request(source))) {
      assertThat(asked).hasSize(PossibleCpus.count());
      await().until(() -> hits(program) > 0);
    }
    try (AutoCloseable _ = Faults.install(action -> offline(action, asked, 0))) {
      assertThatThrownBy(() -> Runtime.start(request(source)).close())
          .isInstanceOf(StartException.class)
          .hasMessageContaining("ENODEV");
    }
  }

  /** All CPUs from a number on are not there. */
  private static int offline(String action, Set<String> asked, int online) {
    Matcher cpu = CPU.matcher(action);
    if (!cpu.find()) {
      return 0;
    }
    asked.add(cpu.group(1));
    return Integer.parseInt(cpu.group(1)) >= online ? Errno.ENODEV.number() : 0;
  }

  @Test
  void the65thProgramOnATracepoint() throws Exception {
    String source =
        "(defprog p (:type :tracepoint :section \"tracepoint/sched/sched_process_wait\") 0)";
    RunRequest request = request(source);
    List<RunningProgram> programs = new ArrayList<>();
    try {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 65; i++) {
                  programs.add(Runtime.start(request));
                }
              })
          .isInstanceOfSatisfying(
              StartException.class,
              e -> assertThat(e.reason()).isEqualTo(FailureReason.TOO_MANY_PROGRAMS))
          .hasMessageContaining("64 programs");
      assertThat(programs).hasSize(64);
    } finally {
      programs.forEach(RunningProgram::close);
    }
  }

  @Test
  void aProgramThatReadsBeyondTheRecordOfItsEvent() {
    // task_newtask has 2 arguments, 16 bytes
    String source =
        "(defprog p (:type :raw-tracepoint :section \"raw_tp/task_newtask\")"
            + " (let ((x u64 (ctx u64 24))) (when (> x 0) (incf (getmap hits 0)))) 0)";
    assertThatThrownBy(() -> Runtime.start(request(source)))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "Program p reads 32 bytes of its context and the record of task_newtask has 16 on this"
                + " kernel; compile it for this kernel.");
  }

  @Test
  void aProgramThatReadsTheRecordOfAnEventThatIsNotThere() {
    String source =
        "(defprog p (:type :tracepoint :section \"tracepoint/sched/no_such_event\")"
            + " (let ((x u64 (ctx u64 24))) (when (> x 0) (incf (getmap hits 0)))) 0)";
    assertThatThrownBy(() -> Runtime.start(request(source)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("this kernel has no tracepoint sched/no_such_event");
  }
}
