package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The program and BTF commands of bpf(2). */
public final class ProgramCalls {
  private ProgramCalls() {}

  /**
   * What BPF_PROG_LOAD takes, apart from the log.
   *
   * @param instructions instruction slots, 8 bytes each
   * @param descriptors maps by the slots whose immediate is their descriptor
   * @param kernelVersion LINUX_VERSION_CODE, or 0; kernels since 5.0 ignore it
   * @param flags BPF_F_SLEEPABLE and others
   * @param expectedAttachType number of enum bpf_attach_type
   * @param btf BTF of the object
   * @param functionInfo records of {@code functionInfoSize} bytes, empty if none
   * @param lineInfo records of {@code lineInfoSize} bytes, empty if none
   * @param attachBtfId type id of the kernel function or hook, or 0
   * @param target the program, or a module's BTF, to attach to
   */
  public record Load(
      int type,
      String name,
      byte[] instructions,
      Map<Integer, Fd> descriptors,
      String license,
      int kernelVersion,
      int flags,
      int expectedAttachType,
      @Nullable Fd btf,
      int functionInfoSize,
      byte[] functionInfo,
      int lineInfoSize,
      byte[] lineInfo,
      int attachBtfId,
      @Nullable Fd target) {}

  /**
   * The outcome of BPF_PROG_LOAD.
   *
   * @param fd the program, or null if it was refused
   * @param errno 0 or the reason
   * @param log the verifier's text, empty if none was asked for
   * @param logBytes size of the complete log with its terminator (since 6.4), else 0
   */
  public record LoadResult(@Nullable Fd fd, int errno, String log, int logBytes) {}

  /**
   * BPF_PROG_LOAD.
   *
   * @param logLevel 0 for no log, 1, 2 for all states, 4 for statistics only
   * @param logSize bytes for the log, 0 if the level is 0
   */
  public static LoadResult load(Load load, int logLevel, int logSize) {
    try (Attributes attributes = new Attributes(144)) {
      attributes
          .putInt(0, load.type)
          .putInt(4, load.instructions.length / 8)
          .putText(16, load.license)
          .putInt(40, load.kernelVersion)
          .putInt(44, load.flags)
          .putName(48, load.name)
          .putInt(68, load.expectedAttachType)
          .putDescriptor(72, load.btf)
          .putInt(108, load.attachBtfId)
          .putDescriptor(112, load.target);
      MemorySegment code = attributes.putBuffer(8, load.instructions.length);
      MemorySegment.copy(load.instructions, 0, code, JAVA_BYTE, 0, load.instructions.length);
      load.descriptors.forEach(
          (slot, map) -> code.set(JAVA_INT, 8L * slot + 4, attributes.use(map)));
      if (load.functionInfo.length > 0) {
        attributes
            .putInt(76, load.functionInfoSize)
            .putBytes(80, load.functionInfo)
            .putInt(88, load.functionInfo.length / load.functionInfoSize);
      }
      if (load.lineInfo.length > 0) {
        attributes
            .putInt(92, load.lineInfoSize)
            .putBytes(96, load.lineInfo)
            .putInt(104, load.lineInfo.length / load.lineInfoSize);
      }
      MemorySegment log = MemorySegment.NULL;
      if (logLevel != 0) {
        log = attributes.putInt(24, logLevel).putInt(28, logSize).putBuffer(32, logSize);
      }
      int result = attributes.callOrErrno(Command.PROG_LOAD, "load program " + load.name);
      String text = logLevel == 0 ? "" : text(log);
      int logBytes = attributes.getInt(140);
      return result < 0
          ? new LoadResult(null, -result, text, logBytes)
          : new LoadResult(new Fd(result), 0, text, logBytes);
    }
  }

  /**
   * What BPF_PROG_TEST_RUN takes.
   *
   * @param data packet or other input, null if the program type takes none
   * @param dataRoom bytes for the output data
   * @param context input context, null if none
   * @param contextRoom bytes for the output context, 0 if the program type gives none
   */
  public record TestRun(
      Fd program,
      byte @Nullable [] data,
      int dataRoom,
      byte @Nullable [] context,
      int contextRoom,
      int repeat,
      int flags,
      int cpu) {}

  /** What BPF_PROG_TEST_RUN gives: lengths are what the kernel reported. */
  public record TestRunResult(int returnValue, int nanos, byte[] data, byte[] context) {}

  /** BPF_PROG_TEST_RUN. The input context is returned where the kernel writes into it. */
  public static TestRunResult testRun(TestRun run, String name) {
    try (Attributes attributes = new Attributes(80)) {
      attributes
          .putDescriptor(0, run.program)
          .putInt(32, run.repeat)
          .putInt(64, run.flags)
          .putInt(68, run.cpu);
      MemorySegment dataOut = MemorySegment.NULL;
      if (run.data != null) {
        attributes.putInt(8, run.data.length).putBytes(16, run.data);
        if (run.dataRoom > 0) {
          dataOut = attributes.putInt(12, run.dataRoom).putBuffer(24, run.dataRoom);
        }
      }
      MemorySegment contextIn = MemorySegment.NULL;
      MemorySegment contextOut = MemorySegment.NULL;
      if (run.context != null) {
        contextIn = attributes.putInt(40, run.context.length).putBuffer(48, run.context.length);
        MemorySegment.copy(run.context, 0, contextIn, JAVA_BYTE, 0, run.context.length);
        if (run.contextRoom > 0) {
          contextOut = attributes.putInt(44, run.contextRoom).putBuffer(56, run.contextRoom);
        }
      }
      attributes.call(Command.PROG_TEST_RUN, "test run of " + name);
      byte[] context =
          run.contextRoom > 0 && run.context != null
              ? bytes(contextOut, attributes.getInt(44))
              : bytes(contextIn, (int) contextIn.byteSize());
      return new TestRunResult(
          attributes.getInt(4),
          attributes.getInt(36),
          bytes(dataOut, attributes.getInt(12)),
          context);
    }
  }

  /** The outcome of BPF_BTF_LOAD, as {@link LoadResult}. */
  public record BtfResult(@Nullable Fd fd, int errno, String log) {}

  /**
   * BPF_BTF_LOAD.
   *
   * @param logSize bytes for the kernel's text, 0 for none
   */
  public static BtfResult loadBtf(byte[] btf, int logSize) {
    try (Attributes attributes = new Attributes(32)) {
      attributes.putBytes(0, btf).putInt(16, btf.length);
      MemorySegment log = MemorySegment.NULL;
      if (logSize > 0) {
        log = attributes.putInt(20, logSize).putInt(24, 1).putBuffer(8, logSize);
      }
      int result = attributes.callOrErrno(Command.BTF_LOAD, "load BTF");
      String text = logSize == 0 ? "" : text(log);
      return result < 0
          ? new BtfResult(null, -result, text)
          : new BtfResult(new Fd(result), 0, text);
    }
  }

  /** BPF_PROG_BIND_MAP: the program keeps the map alive although it does not use it. */
  public static void bindMap(Fd program, Fd map) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putDescriptor(0, program).putDescriptor(4, map);
      attributes.call(Command.PROG_BIND_MAP, "bind a map to a program");
    }
  }

  private static byte[] bytes(MemorySegment segment, int length) {
    return segment.asSlice(0, Math.min(segment.byteSize(), length)).toArray(JAVA_BYTE);
  }

  /** Zero-terminated text, decoded leniently: a program's names are under a user's control. */
  private static String text(MemorySegment buffer) {
    int length = 0;
    while (length < buffer.byteSize() && buffer.get(JAVA_BYTE, length) != 0) {
      length++;
    }
    return new String(bytes(buffer, length), StandardCharsets.UTF_8);
  }
}
