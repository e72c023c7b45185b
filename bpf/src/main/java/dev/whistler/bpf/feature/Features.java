package dev.whistler.bpf.feature;

import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.ProgramType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Probes of the running kernel. Each is made once and remembered, apart from those that could not
 * tell. Nothing stays behind in the kernel.
 */
public final class Features {
  private static final Map<Object, Probe> KNOWN = new ConcurrentHashMap<>();

  private Features() {}

  private record HelperKey(ProgramType type, @Nullable AttachType attachType, int helper) {}

  private record InstructionSetKey(int version) {}

  /** Whether maps of a type can be made. */
  public static Probe mapType(MapType type) {
    return remember(type, () -> MapProbe.probe(type));
  }

  /** Whether programs of a type can be loaded. */
  public static Probe programType(ProgramType type) {
    return remember(type, () -> ProgramProbe.type(type));
  }

  /**
   * Whether programs of a type may call a helper.
   *
   * @param helper number of {@code enum bpf_func_id}, from 1
   */
  public static Probe helper(ProgramType type, int helper) {
    return helper(type, null, helper);
  }

  /**
   * Whether programs of a type with an attach type may call a helper: tracing programs differ by
   * it.
   */
  public static Probe helper(ProgramType type, @Nullable AttachType attachType, int helper) {
    return remember(
        new HelperKey(type, attachType, helper),
        () -> ProgramProbe.helper(type, attachType, helper));
  }

  /**
   * Whether the kernel takes the instructions of a version.
   *
   * @param version 1 to 4, as the compiler option -mcpu=v1 to v4
   */
  public static Probe instructionSet(int version) {
    return remember(new InstructionSetKey(version), () -> ProgramProbe.instructionSet(version));
  }

  /** Whether the kernel has a kind of link. */
  public static Probe link(LinkFeature feature) {
    return remember(feature, () -> LinkProbe.probe(feature));
  }

  private static Probe remember(Object key, Supplier<Probe> probe) {
    Probe known = KNOWN.get(key);
    if (known == null) {
      known = probe.get();
      if (known.support() != Probe.Support.UNKNOWN) {
        KNOWN.put(key, known);
      }
    }
    return known;
  }
}
