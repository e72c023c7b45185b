package dev.whistler.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import dev.whistler.bpf.tracefs.Tracefs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Nothing stays in the kernel, whatever fails, however often. */
@Isolated("faults hit the whole process")
class FailureTest {
  private static void loadAttachAndRead(BpfObject object) {
    try (LoadedObject loaded = object.load();
        Tracefs tracefs = Tracefs.open();
        BpfLink fork =
            Tracepoint.attach(loaded.program("on_fork"), tracefs, "sched", "sched_process_fork");
        BpfLink raw = Tracepoint.attachRaw(loaded.program("on_task"), "task_newtask");
        RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      assertThat(fork.id()).isNotEqualTo(raw.id());
      reader.consume(record -> {}, 10);
    }
  }

  @Test
  void eachSystemCallOfALoadMayFailAndNothingIsLeft() throws Exception {
    BpfObject object = BpfObject.open(ClangObjects.build("ring"));
    loadAttachAndRead(object);
    KernelObjects before = KernelObjects.now();
    List<String> failed = new ArrayList<>();
    boolean reached = true;
    for (int wanted = 0; reached; wanted++) {
      AtomicInteger calls = new AtomicInteger();
      int target = wanted;
      String[] hit = {""};
      try (AutoCloseable faults =
          Faults.install(
              action -> {
                if (calls.getAndIncrement() == target) {
                  hit[0] = action;
                  return Errno.EIO.number();
                }
                return 0;
              })) {
        loadAttachAndRead(object);
      } catch (BpfException e) {
        assertThat(e.getMessage()).as(hit[0]).isNotBlank();
        failed.add(hit[0]);
      }
      reached = calls.get() > target;
      before.assertUnchanged();
    }
    assertThat(failed)
        .hasSizeGreaterThan(25)
        .contains("create map events", "load program on_fork", "map memory");
  }

  @Test
  void manyLoadsLeaveNothingBehind() {
    BpfObject object = BpfObject.open(ClangObjects.build("ring"));
    loadAttachAndRead(object);
    KernelObjects before = KernelObjects.now();
    int cycles = Integer.getInteger("whistler.cycles", 50);
    List<Integer> programs = new ArrayList<>();
    List<Integer> maps = new ArrayList<>();
    for (int i = 0; i < cycles; i++) {
      try (LoadedObject loaded = object.load()) {
        loaded.programs().values().stream().map(BpfProgram::id).forEach(programs::add);
        loaded.maps().values().stream().map(BpfMap::id).forEach(maps::add);
      }
      loadAttachAndRead(object);
    }
    before.assertUnchanged();
    KernelObjects.assertGone(programs, maps, List.of());
  }
}
