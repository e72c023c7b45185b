package dev.whistler.bpf.prog;

import dev.whistler.bpf.sys.Fd;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A program ready for the verifier: all relocations applied but for the descriptors of maps. Built
 * with {@link #of} and the {@code with} methods.
 *
 * @param name shown by the kernel, cut to 15 bytes there
 * @param type program type
 * @param instructions little-endian instruction slots, 8 bytes each (RFC 9669)
 * @param descriptors maps, owned by someone else, by the slots whose immediate is their descriptor
 * @param license "GPL" and its kin open the helpers restricted to GPL programs
 * @param expectedAttachType null where the program type has none
 * @param flags see {@link ProgramFlags}
 * @param btf BTF of functions and lines, owned by someone else, or null
 * @param functionInfo struct bpf_func_info records, 8 bytes each; needs btf
 * @param lineInfo struct bpf_line_info records, 16 bytes each; needs btf
 * @param attachBtfId BTF type id of the kernel function or hook for tracing and LSM programs, else
 *     0
 * @param attachTarget program to extend or trace, or BTF of a module; null for the kernel itself
 */
public record ProgramSpec(
    String name,
    ProgramType type,
    byte[] instructions,
    Map<Integer, Fd> descriptors,
    String license,
    @Nullable AttachType expectedAttachType,
    int flags,
    @Nullable Fd btf,
    byte[] functionInfo,
    byte[] lineInfo,
    int attachBtfId,
    @Nullable Fd attachTarget) {
  private static final byte[] NONE = {};

  /** Checks the shape only. */
  public ProgramSpec {
    Objects.requireNonNull(type);
    descriptors = Map.copyOf(descriptors);
    if (instructions.length == 0 || instructions.length % 8 != 0) {
      throw new IllegalArgumentException(
          "program " + name + " has " + instructions.length + " bytes, no whole instructions");
    }
    for (int slot : descriptors.keySet()) {
      Objects.checkIndex(slot, instructions.length / 8);
    }
  }

  /** A program without attach type, flags or debug information. */
  public static ProgramSpec of(String name, ProgramType type, byte[] instructions, String license) {
    return new ProgramSpec(
        name, type, instructions, Map.of(), license, null, 0, null, NONE, NONE, 0, null);
  }

  /**
   * The same with maps.
   *
   * @param descriptors by the slots, counted from 0, whose immediate is the map's descriptor
   */
  public ProgramSpec withDescriptors(Map<Integer, Fd> descriptors) {
    return new ProgramSpec(
        name,
        type,
        instructions,
        descriptors,
        license,
        expectedAttachType,
        flags,
        btf,
        functionInfo,
        lineInfo,
        attachBtfId,
        attachTarget);
  }

  /** The same with an attach type. */
  public ProgramSpec withAttachType(@Nullable AttachType attachType) {
    return new ProgramSpec(
        name,
        type,
        instructions,
        descriptors,
        license,
        attachType,
        flags,
        btf,
        functionInfo,
        lineInfo,
        attachBtfId,
        attachTarget);
  }

  /** The same with flags. */
  public ProgramSpec withFlags(int flags) {
    return new ProgramSpec(
        name,
        type,
        instructions,
        descriptors,
        license,
        expectedAttachType,
        flags,
        btf,
        functionInfo,
        lineInfo,
        attachBtfId,
        attachTarget);
  }

  /** The same with functions and lines described; all empty or null takes them away. */
  public ProgramSpec withDebugInfo(@Nullable Fd btf, byte[] functionInfo, byte[] lineInfo) {
    return new ProgramSpec(
        name,
        type,
        instructions,
        descriptors,
        license,
        expectedAttachType,
        flags,
        btf,
        functionInfo,
        lineInfo,
        attachBtfId,
        attachTarget);
  }

  /** The same with a kernel function, hook or program that it attaches to. */
  public ProgramSpec withTarget(int attachBtfId, @Nullable Fd attachTarget) {
    return new ProgramSpec(
        name,
        type,
        instructions,
        descriptors,
        license,
        expectedAttachType,
        flags,
        btf,
        functionInfo,
        lineInfo,
        attachBtfId,
        attachTarget);
  }
}
