package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.btf.LoadedBtf;
import dev.whistler.bpf.link.Clsact;
import dev.whistler.bpf.link.Netfilter;
import dev.whistler.bpf.link.Tcx;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.runtime.OwnThread.Capability;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Which capabilities each feature needs: everything is tried with every set of the four that
 * matter, as uid 0 without any other. What is found must be what {@code docs/privileges.md} says;
 * {@code -Dwhistler.privileges.write=true} writes it there.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrivilegesTest {
  private static final Path DOCUMENT = Path.of("../docs/privileges.md");
  private static final String BEGIN = "<!-- measured: begin -->\n";
  private static final String END = "<!-- measured: end -->";
  private static final Path LIBC = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
  private static final byte[] RETURN_0 = {
    (byte) 0xb7, 0, 0, 0, 0, 0, 0, 0, (byte) 0x95, 0, 0, 0, 0, 0, 0, 0
  };

  /** BTF with one int, as small as can be. */
  private static final byte[] INT_BTF =
      HexFormat.of()
          .parseHex(
              "9feb010018000000000000001000000010000000"
                  + "05000000"
                  + "010000000000000104000000"
                  + "20000001"
                  + "00696e7400");

  private static final String RING =
      "(defstruct note (at u64 :as ktime))\n"
          + "(defmap notes :type :ringbuf :max-entries 4096)\n"
          + "(defmap hits :type :array :key-type u32 :value-type u64 :max-entries 1)\n";
  private static final String BODY =
      " (incf (getmap hits 0)) (with-ringbuf (e notes (sizeof note))"
          + " (setf (note-at e) (ktime-get-ns)))";

  /** Sets that are columns of the table, in order. */
  private static final List<Set<Capability>> COLUMNS =
      List.of(
          Set.of(),
          Set.of(Capability.BPF),
          Set.of(Capability.PERFMON),
          Set.of(Capability.NET_ADMIN),
          Set.of(Capability.BPF, Capability.PERFMON),
          Set.of(Capability.BPF, Capability.NET_ADMIN),
          Set.of(Capability.BPF, Capability.PERFMON, Capability.NET_ADMIN),
          Set.of(Capability.SYS_ADMIN),
          EnumSet.allOf(Capability.class));

  private final Map<String, Outcomes> table = new LinkedHashMap<>();
  private @Nullable Path cgroup;

  /** Does something that needs rights and undoes it. */
  private interface Feature {
    void use() throws Exception;
  }

  /** What happened to one feature, by capabilities: empty text where it works. */
  private record Outcomes(Map<Set<Capability>, String> failures) {
    boolean worksWith(Set<Capability> capabilities) {
      return failures.getOrDefault(capabilities, "untried").isEmpty();
    }

    boolean worksHere() {
      return worksWith(EnumSet.allOf(Capability.class));
    }

    /** The smallest sets with which it works. */
    List<Set<Capability>> minimal() {
      List<Set<Capability>> working = failures.keySet().stream().filter(this::worksWith).toList();
      return working.stream()
          .filter(
              set -> working.stream().noneMatch(less -> set.containsAll(less) && !set.equals(less)))
          .toList();
    }
  }

  private static String program(String type, String result) {
    return RING + "(defprog p (" + type + ")" + BODY + " " + result + ")";
  }

  private static Feature run(String source, AttachTarget.Place... places) {
    byte[] object = Sources.compile(source);
    RunRequest request =
        RunRequest.of(object, new Identity("node-1", "privileges", "uid-privileges", 1))
            .withAttach(List.of(places).stream().map(p -> new AttachTarget("p", p)).toList());
    return () -> Runtime.start(request).close();
  }

  private Map<String, Feature> features(PinDirectory pins) {
    AttachTarget.Place lo = new AttachTarget.Interface("lo");
    Map<String, Feature> features = new LinkedHashMap<>();
    features.put("maps", () -> BpfMap.create(MapSpec.of("m", MapType.HASH, 4, 4, 8)).close());
    features.put("load BTF", () -> LoadedBtf.load(INT_BTF).close());
    features.put("ring buffer, read", PrivilegesTest::readRing);
    features.put("pin, and open the pin", () -> pin(pins));
    features.put(
        "tracepoint",
        run(program(":type :tracepoint :section \"tracepoint/sched/sched_process_wait\"", "0")));
    features.put(
        "raw tracepoint",
        run(program(":type :raw-tracepoint :section \"raw_tp/sched_process_wait\"", "0")));
    features.put(
        "BTF tracepoint",
        run(program(":type :tp-btf :section \"tp_btf/sched_process_wait\"", "0")));
    features.put(
        "kprobe", run(program(":type :kprobe :section \"kprobe/__x64_sys_getpgid\"", "0")));
    features.put(
        "uprobe, many in one link (≥ 6.6)",
        run(program(":type :kprobe :section \"uprobe.multi/" + LIBC + ":getpgid\"", "0")));
    features.put(
        "uprobe by perf event",
        run(program(":type :kprobe :section \"uprobe/" + LIBC + ":getpgid\"", "0")));
    features.put("samples of the processors", run(program(":type :perf-event", "0")));
    features.put("XDP", run(program(":type :xdp", "XDP_PASS"), lo));
    features.put(
        "tcx (≥ 6.6)", run(program(":type :tc :section \"tcx/ingress\"", "TC_ACT_OK"), lo));
    features.put("clsact", PrivilegesTest::clsact);
    features.put("netfilter (≥ 6.4)", PrivilegesTest::netfilter);
    features.put("sk_lookup", run(program(":type :sk-lookup", "1")));
    if (cgroup != null) {
      features.put(
          "cgroup: packets",
          run(
              program(":type :cgroup-skb :section \"cgroup_skb/egress\"", "1"),
              new AttachTarget.Cgroup(cgroup)));
      features.put(
          "cgroup: connect",
          run(
              program(":type :cgroup-sock-addr :section \"cgroup/connect4\"", "1"),
              new AttachTarget.Cgroup(cgroup)));
    }
    features.put("test run of a packet program", PrivilegesTest::testRun);
    features.put("list and open by id", () -> BpfProgram.ids());
    features.put("mount bpffs for the process", () -> DetachedMount.of("bpf").close());
    return features;
  }

  private static void readRing() {
    try (BpfMap ring = BpfMap.create(MapSpec.of("r", MapType.RINGBUF, 0, 0, 4096));
        RingBufferReader reader = RingBufferReader.open(ring)) {
      assertThat(reader.consume(_ -> {}, 1)).isZero();
    }
  }

  private static void pin(PinDirectory pins) {
    try (BpfMap map = BpfMap.create(MapSpec.of("p", MapType.ARRAY, 4, 4, 1))) {
      pins.pin(map, "p");
      pins.map("p").orElseThrow().close();
    } finally {
      pins.remove("p");
    }
  }

  private static void clsact() throws IOException {
    int lo = NetworkInterface.getByName("lo").getIndex();
    try (BpfProgram program =
            BpfProgram.load(ProgramSpec.of("p", ProgramType.SCHED_CLS, RETURN_0, "GPL"));
        var _ = Clsact.attach(program, lo, Tcx.Direction.INGRESS, 7)) {
      assertThat(Clsact.filters(lo, Tcx.Direction.INGRESS))
          .extracting(Clsact.Found::programId)
          .contains(program.id());
    }
  }

  private static void netfilter() {
    // 1 is NF_ACCEPT: the verifier wants a verdict
    byte[] accept = RETURN_0.clone();
    accept[4] = 1;
    ProgramSpec spec =
        ProgramSpec.of("p", ProgramType.NETFILTER, accept, "GPL")
            .withAttachType(AttachType.NETFILTER);
    try (BpfProgram program = BpfProgram.load(spec);
        var link = Netfilter.attach(program, Netfilter.Family.IPV4, Netfilter.Hook.LOCAL_IN, 10)) {
      assertThat(link.id()).isPositive();
    }
  }

  private static void testRun() {
    ProgramSpec spec = ProgramSpec.of("p", ProgramType.SOCKET_FILTER, RETURN_0, "GPL");
    try (BpfProgram program = BpfProgram.load(spec)) {
      assertThat(program.testRun(TestRun.packet(new byte[64])).returnValue()).isZero();
    }
  }

  private static Set<Set<Capability>> allSets() {
    Set<Set<Capability>> sets = new LinkedHashSet<>();
    Capability[] all = Capability.values();
    for (int bits = 0; bits < 1 << all.length; bits++) {
      Set<Capability> set = EnumSet.noneOf(Capability.class);
      for (Capability capability : all) {
        if ((bits & 1 << capability.ordinal()) != 0) {
          set.add(capability);
        }
      }
      sets.add(set);
    }
    return sets;
  }

  @BeforeAll
  void tryEverything() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root to load programs");
    if (Cgroups.areMounted()) {
      cgroup = Cgroups.create("rights");
    }
    OwnThread.inNamespaces(
        () -> {
          try (PinDirectory pins = PinDirectory.privateToProcess()) {
            features(pins).forEach((name, feature) -> table.put(name, outcomes(feature)));
          }
          return null;
        });
  }

  @AfterAll
  void removeGroup() throws IOException {
    if (cgroup != null) {
      Files.deleteIfExists(cgroup);
    }
  }

  private static Outcomes outcomes(Feature feature) {
    Map<Set<Capability>, String> failures = new LinkedHashMap<>();
    for (Set<Capability> capabilities : allSets()) {
      failures.put(capabilities, failure(feature, capabilities));
    }
    return new Outcomes(failures);
  }

  private static String failure(Feature feature, Set<Capability> capabilities) {
    try {
      OwnThread.withCapabilities(
          capabilities,
          () -> {
            feature.use();
            return null;
          });
      return "";
    } catch (StartException | BpfException e) {
      return String.valueOf(e.getMessage());
    } catch (Exception e) {
      throw new IllegalStateException("with " + capabilities, e);
    }
  }

  @Test
  void theDocumentSaysWhatThisKernelDoes() throws IOException {
    String found = render();
    System.out.println(found);
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf(BEGIN) + BEGIN.length();
    int end = document.indexOf(END);
    if (Boolean.getBoolean("whistler.privileges.write")) {
      Files.writeString(DOCUMENT, document.substring(0, begin) + found + document.substring(end));
      return;
    }
    Map<String, String> documented = rows(document.substring(begin, end));
    // A kernel that lacks a feature says nothing about the rights it needs.
    rows(found)
        .forEach(
            (name, row) -> {
              if (table.containsKey(name) && table.get(name).worksHere()) {
                assertThat(row).as(name).isEqualTo(documented.get(name));
              }
            });
  }

  @Test
  void programsNeedNoMoreThanPromised() {
    Set<Capability> tracing = Set.of(Capability.BPF, Capability.PERFMON);
    Set<Capability> packets = Set.of(Capability.BPF, Capability.PERFMON, Capability.NET_ADMIN);
    Map<String, Set<Capability>> promised = new TreeMap<>();
    for (String name :
        List.of(
            "maps",
            "load BTF",
            "ring buffer, read",
            "pin, and open the pin",
            "tracepoint",
            "raw tracepoint",
            "BTF tracepoint",
            "kprobe",
            "uprobe, many in one link (≥ 6.6)")) {
      promised.put(name, tracing);
    }
    for (String name : List.of("XDP", "tcx (≥ 6.6)", "clsact")) {
      promised.put(name, packets);
    }
    promised.forEach(
        (name, capabilities) -> {
          Outcomes outcomes = table.get(name);
          if (outcomes.worksHere()) {
            assertThat(outcomes.failures().get(capabilities)).as(name).isEmpty();
            assertThat(outcomes.worksWith(Set.of())).as(name + " without rights").isFalse();
          }
        });
  }

  @Test
  void whatIsMissingIsSaidInASentence() {
    table.forEach(
        (name, outcomes) ->
            outcomes.failures().values().stream()
                .filter(text -> !text.isEmpty() && outcomes.worksHere())
                .forEach(
                    text ->
                        assertThat(text)
                            .as(name)
                            .matches("(?s).*(not permitted|Permission denied|CAP_|EPERM).*")));
  }

  private static Map<String, String> rows(String text) {
    return text.lines()
        .filter(line -> line.startsWith("| "))
        .collect(
            Collectors.toMap(
                line -> line.split("\\|")[1].strip(),
                Function.identity(),
                (a, b) -> a,
                LinkedHashMap::new));
  }

  private String render() {
    StringBuilder text = new StringBuilder("| feature | needs |");
    COLUMNS.forEach(set -> text.append(' ').append(title(set)).append(" |"));
    text.append("\n|---|---|").append("---|".repeat(COLUMNS.size())).append('\n');
    table.forEach(
        (name, outcomes) -> {
          text.append("| ").append(name).append(" | ");
          text.append(outcomes.worksHere() ? needs(outcomes) : "not on this kernel").append(" |");
          for (Set<Capability> set : COLUMNS) {
            String cell = !outcomes.worksHere() ? " " : outcomes.worksWith(set) ? "yes" : "–";
            text.append(' ').append(cell).append(" |");
          }
          text.append('\n');
        });
    return text.toString();
  }

  /** The smallest sets; those with SYS_ADMIN, which stands for nearly all, only if alone. */
  private static String needs(Outcomes outcomes) {
    List<String> without = new ArrayList<>();
    List<String> with = new ArrayList<>();
    for (Set<Capability> set : outcomes.minimal()) {
      (set.contains(Capability.SYS_ADMIN) ? with : without).add(title(set));
    }
    return String.join(" or ", without.isEmpty() ? with : without);
  }

  private static String title(Set<Capability> set) {
    if (set.isEmpty()) {
      return "none";
    }
    List<Capability> order =
        List.of(Capability.BPF, Capability.PERFMON, Capability.NET_ADMIN, Capability.SYS_ADMIN);
    return order.stream()
        .filter(set::contains)
        .map(Capability::name)
        .collect(Collectors.joining(" + "));
  }
}
