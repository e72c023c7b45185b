package dev.whistler.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.UnsupportedException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects as clang 19 makes them for libbpf. */
class CorpusTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "globals",
        "ring",
        "tail",
        "links",
        "iterator",
        "netfilter",
        "user_ring",
        "maps",
        "packet",
        "sections",
        "functions",
        "kconfig",
        "core_fields",
        "core_types",
        "core_bits"
      })
  void anOrdinaryObjectLoads(String name) {
    if (name.equals("netfilter")) {
      Needs.program(ProgramType.NETFILTER);
    }
    KernelObjects before = KernelObjects.now();
    BpfObject object = BpfObject.open(ClangObjects.build(name));
    try (LoadedObject loaded = object.load()) {
      assertThat(loaded.programs()).hasSameSizeAs(object.programs()).isNotEmpty();
      loaded
          .programs()
          .values()
          .forEach(program -> assertThat(program.info().btfId()).isPositive());
    }
    before.assertUnchanged();
  }

  private static int run(LoadedObject loaded, String program, byte[] packet) {
    return loaded.program(program).testRun(TestRun.packet(packet)).returnValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"in_kernel", "in_program"})
  void whatTheLibraryDoesNotLoadIsRefusedInASentence(String name) {
    KernelObjects before = KernelObjects.now();
    BpfObject object = BpfObject.open(ClangObjects.build("unsupported"));
    assertThatThrownBy(() -> object.load(LoadOptions.defaults().withPrograms(name::equals)))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("program " + name)
        .hasMessageContaining("not supported");
    before.assertUnchanged();
  }

  @Test
  void everyKindOfMapIsMadeAsDefined() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("maps")).load()) {
      assertThat(loaded.map("perf").type()).isEqualTo(MapType.PERF_EVENT_ARRAY);
      assertThat(loaded.map("perf").maxEntries()).isPositive();
      assertThat(loaded.map("bloom").info().extra()).isEqualTo(3);
      assertThat(loaded.map("hash").info().btfId()).isPositive();
      byte[] route = new Structure(new byte[8]).putInt(0, 8).putInt(4, 10).bytes();
      loaded.map("trie").update(route, new Structure(new byte[4]).putInt(0, 42).bytes());
      assertThat(run(loaded, "use", new byte[64])).isEqualTo(42);
      assertThat(new Structure(TestMaps.value(loaded.map("hidden"), new byte[4])).getLong(0))
          .isEqualTo(1);
    }
  }

  @Test
  void packetsAreParsed() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("packet")).load()) {
      byte[] packet = new byte[64];
      packet[12] = 8;
      packet[23] = 17;
      assertThat(run(loaded, "protocol", packet)).isEqualTo(17);
      packet[12] = 9;
      assertThat(run(loaded, "protocol", packet)).isZero();
    }
  }

  @Test
  void customDataSectionsAreMaps() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("sections")).load()) {
      assertThat(run(loaded, "sum", new byte[64])).isEqualTo(11 + 22 + 1 + 't');
      BpfMap first = loaded.map(".data.first");
      first.update(new byte[4], new Structure(new byte[4]).putInt(0, 100).bytes());
      assertThat(run(loaded, "sum", new byte[64])).isEqualTo(100 + 22 + 2 + 't');
    }
  }

  @Test
  void functionsAreLinkedIntoEachProgram() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("functions")).load()) {
      // top(x) = x + (x + 1) + x
      assertThat(run(loaded, "one", new byte[64])).isEqualTo(3 * 64 + 1);
      assertThat(run(loaded, "two", new byte[64])).isEqualTo(4 + 7);
      assertThat(run(loaded, "three", new byte[64])).isEqualTo(11);
    }
  }

  @Test
  void damagedObjectsGiveTypedErrorsOnly() {
    Random random = new Random(7);
    int refused = 0;
    for (String name : new String[] {"ring", "tail", "maps", "core_fields"}) {
      byte[] good = ClangObjects.build(name);
      for (int round = 0; round < 500; round++) {
        byte[] bad = good.clone();
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        try {
          BpfObject object = BpfObject.open(bad);
          object.programs().forEach(program -> object.source(program.name(), 3));
        } catch (BpfException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isPositive();
  }
}
