package dev.whistler.runtime.load;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A resident program that does nothing but tail-call the one that is current. It stays attached for
 * ever; what runs is exchanged by one write into its program array, which every event sees either
 * before or after: none is missed and none runs twice. For what cannot exchange the program of a
 * link: tracepoints, raw tracepoints, kprobes and uprobes.
 */
public final class EntryProgram implements AutoCloseable {
  private static final int TAIL_CALL = 12; // BPF_FUNC_tail_call
  private static final byte[] SLOT = new byte[4];

  private final BpfProgram program;
  private final BpfMap slots;

  private EntryProgram(BpfProgram program, BpfMap slots) {
    this.program = program;
    this.slots = slots;
  }

  /**
   * Makes one in front of a program.
   *
   * @param attachType the attach type that the program was loaded with
   * @return empty if the kernel does not let the program run behind another, as those that override
   *     a return value
   */
  public static Optional<EntryProgram> before(BpfProgram first, @Nullable AttachType attachType) {
    BpfMap slots = BpfMap.create(MapSpec.of("whistler_slot", MapType.PROG_ARRAY, 4, 4, 1));
    BpfProgram program = null;
    try {
      program =
          BpfProgram.load(
              ProgramSpec.of("whistler_entry", first.type(), code(), "GPL")
                  .withDescriptors(Map.of(0, slots.fd()))
                  .withAttachType(attachType));
      EntryProgram entry = new EntryProgram(program, slots);
      entry.run(first);
      return Optional.of(entry);
    } catch (RuntimeException e) {
      if (program != null) {
        program.close();
      }
      slots.close();
      if (program != null
          && e instanceof SystemCallException call
          && call.errno() == Errno.EINVAL) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** One that an earlier process made; both stay the caller's. */
  static EntryProgram adopted(BpfProgram program, BpfMap slots) {
    BpfProgram own = BpfProgram.of(program.fd().duplicate());
    try {
      return new EntryProgram(own, BpfMap.of(slots.fd().duplicate()));
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /** r1 is the context all along; if the slot is empty, the event is let pass with 0. */
  private static byte[] code() {
    ByteBuffer code = ByteBuffer.allocate(6 * 8).order(ByteOrder.LITTLE_ENDIAN);
    code.put((byte) 0x18).put((byte) 0x12).putShort((short) 0).putInt(0);
    code.putLong(0); // second half of r2 = slots, the map of slot 0
    code.put((byte) 0xb7).put((byte) 3).putShort((short) 0).putInt(0); // r3 = 0
    code.put((byte) 0x85).put((byte) 0).putShort((short) 0).putInt(TAIL_CALL);
    code.put((byte) 0xb7).put((byte) 0).putShort((short) 0).putInt(0); // r0 = 0
    code.put((byte) 0x95).put((byte) 0).putShort((short) 0).putInt(0); // exit
    return code.array();
  }

  /** Every event that begins from now on runs this program. */
  void run(BpfProgram next) {
    slots.update(SLOT, next.fd());
  }

  /** The id of the program that events run now; 0 if the slot is empty. */
  int current() {
    byte[] id = slots.lookup(SLOT);
    return id == null ? 0 : ByteBuffer.wrap(id).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /** The program that is attached; it belongs to this object. */
  public BpfProgram program() {
    return program;
  }

  BpfMap slots() {
    return slots;
  }

  @Override
  public void close() {
    program.close();
    slots.close();
  }
}
