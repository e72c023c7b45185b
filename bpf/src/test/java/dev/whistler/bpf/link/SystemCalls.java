package dev.whistler.bpf.link;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A call of the C library that is one system call, for probes to see. */
final class SystemCalls {
  private static final MethodHandle GETPPID =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("getppid"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT));

  private SystemCalls() {}

  static void getppid() {
    try {
      int ignored = (int) GETPPID.invokeExact();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }
}
