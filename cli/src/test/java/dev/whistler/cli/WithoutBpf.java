package dev.whistler.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.whistler.bpf.sys.ObjectCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The command line on a kernel without BPF: a seccomp filter answers bpf(2) as such a kernel does.
 * Runs in a process of its own, since a filter stays.
 */
final class WithoutBpf {
  private static final int BPF_CALL = System.getProperty("os.arch").equals("aarch64") ? 280 : 321;
  private static final int ENOSYS = 38;

  // From linux/prctl.h, linux/seccomp.h and linux/filter.h.
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int PR_SET_SECCOMP = 22;
  private static final long SECCOMP_MODE_FILTER = 2;
  private static final int SECCOMP_RET_ERRNO = 0x50000;
  private static final int SECCOMP_RET_ALLOW = 0x7fff0000;
  private static final short LOAD_WORD = 0x20;
  private static final short JUMP_IF_EQUAL = 0x15;
  private static final short RETURN = 0x06;

  private WithoutBpf() {}

  public static void main(String[] arguments) throws Throwable {
    // Loaded before the filter: a thread that the JVM starts later has it as well.
    ObjectCalls.requireBpf();
    install();
    Main.main(arguments);
  }

  private static void install() throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle prctl =
        linker.downcallHandle(
            linker.defaultLookup().find("prctl").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment filter = arena.allocate(4 * 8, 8);
      // The number of the call is the first word of what a filter sees.
      put(filter, 0, LOAD_WORD, 0, 0, 0);
      put(filter, 1, JUMP_IF_EQUAL, 0, 1, BPF_CALL);
      put(filter, 2, RETURN, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
      put(filter, 3, RETURN, 0, 0, SECCOMP_RET_ALLOW);
      MemorySegment program =
          arena.allocate(
              MemoryLayout.structLayout(JAVA_SHORT, MemoryLayout.paddingLayout(6), ADDRESS));
      program.set(JAVA_SHORT, 0, (short) 4);
      program.set(ADDRESS, 8, filter);
      require((int) prctl.invokeExact(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
      require(
          (int) prctl.invokeExact(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program.address(), 0L, 0L));
    }
  }

  private static void put(
      MemorySegment filter, int index, short code, int onTrue, int onFalse, int value) {
    long at = index * 8L;
    filter.set(JAVA_SHORT, at, code);
    filter.set(JAVA_BYTE, at + 2, (byte) onTrue);
    filter.set(JAVA_BYTE, at + 3, (byte) onFalse);
    filter.set(JAVA_INT, at + 4, value);
  }

  private static void require(int result) {
    if (result != 0) {
      throw new IllegalStateException("prctl refused the filter");
    }
  }
}
