package dev.whistler.bpf.core;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The library of the kernel's own developers, asked for a second opinion on relocations. */
final class Libbpf {
  /** Size of struct bpf_object_open_opts of libbpf 1.0; later ones take shorter structures. */
  private static final int OPTIONS_BYTES = 56;

  private static final int OPTIONS_BTF_PATH = 48;
  private static final int INSTRUCTION_BYTES = 8;

  private static final Linker LINKER = Linker.nativeLinker();
  private static volatile boolean refused;

  private final SymbolLookup library;

  private Libbpf(SymbolLookup library) {
    this.library = library;
  }

  /** Empty where the shared library is not installed. */
  static Optional<Libbpf> find() {
    try {
      return Optional.of(new Libbpf(SymbolLookup.libraryLookup("libbpf.so.1", Arena.global())));
    } catch (IllegalArgumentException absent) {
      return Optional.empty();
    }
  }

  /**
   * The code of an object's programs, fitted to a kernel.
   *
   * @param types BTF of that kernel
   * @return program → code; empty if the object is refused before any code is changed
   */
  synchronized Optional<Map<String, byte[]>> relocate(byte[] object, byte[] types) {
    Path file = null;
    try (Arena arena = Arena.ofConfined()) {
      file = Files.write(Files.createTempFile("types", ".btf"), types);
      refused = false;
      call("libbpf_set_print", FunctionDescriptor.of(ADDRESS, ADDRESS), listener());
      MemorySegment options = arena.allocate(OPTIONS_BYTES, 8);
      options.set(JAVA_LONG, 0, OPTIONS_BYTES);
      options.set(ADDRESS, OPTIONS_BTF_PATH, arena.allocateFrom(file.toString()));
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, object);
      MemorySegment opened =
          (MemorySegment)
              call(
                  "bpf_object__open_mem",
                  FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
                  bytes,
                  (long) object.length,
                  options);
      if (opened.address() == 0) {
        return Optional.empty();
      }
      try {
        // The outcome of the load itself does not matter: code is fitted before.
        call("bpf_object__load", FunctionDescriptor.of(JAVA_INT, ADDRESS), opened);
        return refused ? Optional.empty() : Optional.of(programs(opened));
      } finally {
        call("bpf_object__close", FunctionDescriptor.ofVoid(ADDRESS), opened);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  private Map<String, byte[]> programs(MemorySegment object) {
    Map<String, byte[]> programs = new TreeMap<>();
    FunctionDescriptor next = FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS);
    FunctionDescriptor pointer = FunctionDescriptor.of(ADDRESS, ADDRESS);
    MemorySegment at =
        (MemorySegment) call("bpf_object__next_program", next, object, MemorySegment.NULL);
    while (at.address() != 0) {
      String name =
          ((MemorySegment) call("bpf_program__name", pointer, at))
              .reinterpret(Long.MAX_VALUE)
              .getString(0);
      long count =
          (long) call("bpf_program__insn_cnt", FunctionDescriptor.of(JAVA_LONG, ADDRESS), at);
      programs.put(
          name,
          ((MemorySegment) call("bpf_program__insns", pointer, at))
              .reinterpret(count * INSTRUCTION_BYTES)
              .toArray(JAVA_BYTE));
      at = (MemorySegment) call("bpf_object__next_program", next, object, at);
    }
    return programs;
  }

  private Object call(String name, FunctionDescriptor type, Object... arguments) {
    MethodHandle function = LINKER.downcallHandle(library.findOrThrow(name), type);
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** libbpf says what failed in the format of a message only. */
  private static MemorySegment listener() {
    try {
      MethodHandle print =
          MethodHandles.lookup()
              .findStatic(
                  Libbpf.class,
                  "print",
                  MethodType.methodType(
                      int.class, int.class, MemorySegment.class, MemorySegment.class));
      MemoryLayout text = MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE);
      return LINKER.upcallStub(
          print,
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS.withTargetLayout(text), ADDRESS),
          Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unused") // Called by libbpf.
  private static int print(int level, MemorySegment format, MemorySegment arguments) {
    String text = format.getString(0);
    refused |= text.contains("failed to perform CO-RE relocations");
    return 0;
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
