package dev.whistler.runtime.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.link.Uprobe;
import dev.whistler.bpf.link.UserSymbol;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramFlags;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.runtime.OwnThread;
import dev.whistler.runtime.OwnThread.Capability;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that sleeps in the kernel for as long as the test wants is waited for. */
@Timeout(120)
class QuiescenceTest {
  private static final Path LIBRARY = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void thereIsNothingToWaitForWithoutPrograms() {
    Quiescence.await();
    assertThat(Quiescence.awaitSleepers(LIMIT)).isTrue();
  }

  /** As in the chart: the agent has no CAP_SYS_ADMIN. */
  private static boolean awaitSleepers(boolean ofAgent, Duration limit) throws Exception {
    Callable<Boolean> wait = () -> Quiescence.awaitSleepers(limit);
    return ofAgent
        ? OwnThread.withCapabilities(Set.of(Capability.BPF, Capability.PERFMON), wait)
        : wait.call();
  }

  @ParameterizedTest(name = "with the rights of an agent: {0}")
  @ValueSource(booleans = {false, true})
  void aProgramThatSleepsIsWaitedFor(boolean ofAgent) throws Exception {
    Probe probe = Features.link(LinkFeature.UPROBE_MULTI);
    assumeTrue(probe.isSupported(), probe::reason);
    assumeTrue(LIBRARY.toFile().exists(), LIBRARY + " is not there");
    try (BpfMap counts = BpfMap.create(MapSpec.of("counts", MapType.ARRAY, 4, 8, 2));
        BpfProgram program = program(counts);
        SlowPage page = new SlowPage()) {
      long offset = UserSymbol.offset(LIBRARY, "atoi");
      int self = (int) ProcessHandle.current().pid();
      BpfLink link = Uprobe.attachAll(program, LIBRARY, new long[] {offset}, false, self);
      CompletableFuture<Void> reader = started(page::read);
      while (count(counts, 0) == 0) {
        Thread.onSpinWait();
      }
      // Since Linux 6.13 close(2) does not return before the program has ended; this does.
      started(link::close).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(awaitSleepers(ofAgent, Duration.ofMillis(500))).isFalse();
      assertThat(count(counts, 1)).isZero();
      page.release();
      assertThat(awaitSleepers(ofAgent, LIMIT)).isTrue();
      assertThat(count(counts, 1)).isEqualTo(1);
      reader.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Not in the common pool, which may have one thread. */
  private static CompletableFuture<Void> started(Runnable step) {
    return CompletableFuture.runAsync(step, task -> Thread.ofPlatform().daemon().start(task));
  }

  private static long count(BpfMap counts, int index) {
    byte[] key = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(index).array();
    byte[] value = new byte[8];
    counts.lookup(key, value);
    return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** counts[0] = 1; read 8 bytes from where the first argument points; counts[1] = 1. */
  private static BpfProgram program(BpfMap counts) {
    ByteBuffer code = ByteBuffer.allocate(32 * 8).order(ByteOrder.LITTLE_ENDIAN);
    slot(code, 0xbf, 0x16, 0, 0); // r6 = r1
    set(code, 0);
    slot(code, 0xbf, 0xa1, 0, 0); // r1 = r10
    slot(code, 0x07, 0x01, 0, -16); // r1 += -16
    slot(code, 0xb7, 0x02, 0, 8); // r2 = 8
    slot(code, 0x79, 0x63, 112, 0); // r3 = pt_regs.di of r6
    slot(code, 0x85, 0, 0, 148); // bpf_copy_from_user
    int second = code.position() / 8 + 3;
    set(code, 1);
    slot(code, 0xb7, 0, 0, 0);
    slot(code, 0x95, 0, 0, 0);
    byte[] bytes = new byte[code.position()];
    code.get(0, bytes);
    return BpfProgram.load(
        ProgramSpec.of("sleeps", ProgramType.KPROBE, bytes, "GPL")
            .withAttachType(AttachType.TRACE_UPROBE_MULTI)
            .withFlags(ProgramFlags.SLEEPABLE)
            .withDescriptors(Map.of(1 + 3, counts.fd(), second, counts.fd())));
  }

  /** counts[index] = 1: the map is in the fourth slot. */
  private static void set(ByteBuffer code, int index) {
    slot(code, 0x62, 0x0a, -4, index); // *(u32 *)(r10 - 4) = index
    slot(code, 0xbf, 0xa2, 0, 0); // r2 = r10
    slot(code, 0x07, 0x02, 0, -4); // r2 += -4
    slot(code, 0x18, 0x11, 0, 0); // r1 = counts
    slot(code, 0, 0, 0, 0);
    slot(code, 0x85, 0, 0, 1); // bpf_map_lookup_elem
    slot(code, 0x15, 0, 1, 0); // if it is null, pass over
    slot(code, 0x7a, 0, 0, 1); // *(u64 *)r0 = 1
  }

  private static void slot(ByteBuffer code, int opcode, int registers, int offset, int immediate) {
    code.put((byte) opcode).put((byte) registers).putShort((short) offset).putInt(immediate);
  }
}
