package dev.whistler.bpf.feature;

import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.sys.ObjectCalls;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All that the running kernel has, as names that can be stored and compared: {@code map:27} and
 * {@code prog:26} by the kernel's numbers, {@code helper:xdp:51} by program type and helper, {@code
 * link:uprobe_multi}, {@code isa:4}.
 */
public final class FeatureList {
  /** Helpers of Linux 6.18: the list is frozen, new functions are kfuncs. */
  public static final int HELPERS = 211;

  /** Stands for none: maps hold no null. */
  private static final AttachType NO_ATTACH_TYPE = AttachType.CGROUP_INET_INGRESS;

  private FeatureList() {}

  /**
   * Probes everything: some eight thousand loads of tiny programs, a few seconds.
   *
   * @throws dev.whistler.bpf.sys.UnsupportedException if this kernel has no BPF at all
   */
  public static SortedSet<String> probe() {
    ObjectCalls.requireBpf();
    SortedSet<String> features = new TreeSet<>();
    for (MapType type : MapType.values()) {
      if (type != MapType.UNSPEC && isPossible(Features.mapType(type))) {
        features.add("map:" + type.number());
      }
    }
    for (ProgramType type : ProgramType.values()) {
      if (type != ProgramType.UNSPEC && isPossible(Features.programType(type))) {
        features.add("prog:" + type.number());
        keywords(type).forEach((name, attach) -> addHelpers(name, type, attach, features));
      }
    }
    for (LinkFeature link : LinkFeature.values()) {
      if (isPossible(Features.link(link))) {
        features.add("link:" + link.name().toLowerCase(Locale.ROOT));
      }
    }
    for (int version = 1; version <= 4; version++) {
      if (isPossible(Features.instructionSet(version))) {
        features.add("isa:" + version);
      }
    }
    return features;
  }

  /** The list is of the kernel, not of what this process may do: only a certain no leaves out. */
  private static boolean isPossible(Probe probe) {
    return probe.support() != Probe.Support.NO;
  }

  private static void addHelpers(
      String name, ProgramType type, AttachType attach, SortedSet<String> features) {
    AttachType given = attach == NO_ATTACH_TYPE ? null : attach;
    // Where the process may not load such programs, one refusal stands for all.
    boolean untold = Features.helper(type, given, 1).support() == Probe.Support.UNKNOWN;
    for (int helper = 1; helper <= HELPERS; helper++) {
      if (untold || isPossible(Features.helper(type, given, helper))) {
        features.add("helper:" + name + ":" + helper);
      }
    }
  }

  /**
   * What the kinds of programs of a type are called: the kernel's name in lower case with '-', but
   * where the field has a shorter one.
   */
  private static Map<String, AttachType> keywords(ProgramType type) {
    return switch (type) {
      case SCHED_CLS -> Map.of("tc", NO_ATTACH_TYPE);
      case SCHED_ACT -> Map.of("action", NO_ATTACH_TYPE);
      case SOCK_OPS -> Map.of("sockops", NO_ATTACH_TYPE);
      case LIRC_MODE2 -> Map.of("lirc", NO_ATTACH_TYPE);
      case TRACING ->
          Map.of(
              "tp-btf", AttachType.TRACE_RAW_TP,
              "fentry", AttachType.TRACE_FENTRY,
              "fexit", AttachType.TRACE_FEXIT,
              "fmod-ret", AttachType.MODIFY_RETURN,
              "iter", AttachType.TRACE_ITER);
      default -> Map.of(type.name().toLowerCase(Locale.ROOT).replace('_', '-'), NO_ATTACH_TYPE);
    };
  }
}
