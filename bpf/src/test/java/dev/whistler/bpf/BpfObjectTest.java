package dev.whistler.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.tracefs.Tracefs;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BpfObjectTest {
  private static final byte[] PACKET = new byte[64];
  private KernelObjects before;

  @BeforeEach
  void count() {
    before = KernelObjects.now();
  }

  @AfterEach
  void nothingIsLeft() {
    before.assertUnchanged();
  }

  @Test
  void globalsLiveInMapsAndFunctionsAreCalled() {
    BpfObject object = BpfObject.open(ClangObjects.build("globals"));
    assertThat(object.programs()).extracting(BpfObject.Program::name).contains("add", "compute");
    try (LoadedObject loaded = object.load()) {
      assertThat(loaded.program("add").testRun(TestRun.packet(PACKET)).returnValue()).isEqualTo(43);
      assertThat(loaded.program("add").testRun(TestRun.packet(PACKET)).returnValue()).isEqualTo(46);
      BpfMap bss = loaded.map(".bss");
      assertThat(new Structure(TestMaps.value(bss, new byte[4])).getLong(0)).isEqualTo(2);
      // thrice(64) = 64 * 2 + 2 + 64; twice(1) = 4
      assertThat(loaded.program("compute").testRun(TestRun.packet(PACKET)).returnValue())
          .isEqualTo(198);
    }
  }

  @Test
  void constantsCannotBeChangedAfterLoading() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("globals")).load()) {
      BpfMap constants = loaded.map(".rodata");
      byte[] value = TestMaps.value(constants, new byte[4]);
      assertThat(new Structure(value).getInt(0)).isEqualTo(3);
      assertThatThrownBy(() -> constants.update(new byte[4], value))
          .isInstanceOfSatisfying(
              SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPERM));
    }
  }

  @Test
  void tailCallsInnerMapsAndCallbacksAreWiredUp() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("tail")).load()) {
      loaded.map("first_inner").update(new byte[4], new byte[] {100, 0, 0, 0});
      assertThat(loaded.program("first").testRun(TestRun.packet(PACKET)).returnValue())
          .isEqualTo(145);
    }
  }

  @Test
  void tracepointsAndRawTracepointsFireUntilTheLinkIsClosed() throws Exception {
    byte[] key = new Structure(new byte[4]).putInt(0, (int) ProcessHandle.current().pid()).bytes();
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("ring")).load();
        Tracefs tracefs = Tracefs.open()) {
      try (BpfLink fork =
              Tracepoint.attach(loaded.program("on_fork"), tracefs, "sched", "sched_process_fork");
          BpfLink raw = Tracepoint.attachRaw(loaded.program("on_task"), "task_newtask")) {
        assertThat(fork.info().programId()).isEqualTo(loaded.program("on_fork").id());
        assertThat(raw.type().name()).isEqualTo("RAW_TRACEPOINT");
        startThreads(3);
      }
      long count = new Structure(TestMaps.value(loaded.map("seen"), key)).getLong(0);
      assertThat(count % 1000).isGreaterThanOrEqualTo(3);
      assertThat(count / 1000).isGreaterThanOrEqualTo(2);
      startThreads(3);
      assertThat(new Structure(TestMaps.value(loaded.map("seen"), key)).getLong(0))
          .isEqualTo(count);
    }
  }

  @Test
  void anInstructionLeadsToItsSourceLine() {
    BpfObject object = BpfObject.open(ClangObjects.build("globals"));
    SourceLine line = object.source("add", 0).orElseThrow();
    assertThat(line.file()).endsWith("globals.bpf.c");
    assertThat(line.text()).contains("total += step");
  }

  @Test
  void aMapCanBeKeptOverAReload() {
    BpfObject object = BpfObject.open(ClangObjects.build("ring"));
    try (LoadedObject first = object.load()) {
      first.map("seen").update(new byte[4], new byte[8]);
      LoadOptions options =
          LoadOptions.defaults().withReuse(java.util.Map.of("seen", first.map("seen")));
      try (LoadedObject second = object.load(options)) {
        assertThat(second.map("seen").id()).isEqualTo(first.map("seen").id());
        assertThat(second.map("events").id()).isNotEqualTo(first.map("events").id());
      }
    }
  }

  @Test
  void damagedObjectsAreRefusedWithoutACrash() {
    byte[] good = ClangObjects.build("ring");
    assertThatThrownBy(() -> BpfObject.open(new byte[100]))
        .isInstanceOf(ObjectFormatException.class)
        .hasMessage("this is no ELF file");
    for (int length = 0; length < good.length; length += 97) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> BpfObject.open(cut))
          .isInstanceOf(dev.whistler.bpf.sys.BpfException.class);
    }
  }

  private static void startThreads(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(() -> {});
      thread.start();
      thread.join();
    }
  }
}
