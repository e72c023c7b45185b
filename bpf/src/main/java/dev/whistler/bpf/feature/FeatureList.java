package dev.whistler.bpf.feature;

import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.ProgramType;
import java.util.Locale;
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

  private FeatureList() {}

  /** Probes everything: some seven thousand loads of tiny programs, a second or a few. */
  public static SortedSet<String> probe() {
    SortedSet<String> features = new TreeSet<>();
    for (MapType type : MapType.values()) {
      if (Features.mapType(type).isSupported()) {
        features.add("map:" + type.number());
      }
    }
    for (ProgramType type : ProgramType.values()) {
      if (Features.programType(type).isSupported()) {
        features.add("prog:" + type.number());
        addHelpers(type, features);
      }
    }
    for (LinkFeature link : LinkFeature.values()) {
      if (Features.link(link).isSupported()) {
        features.add("link:" + link.name().toLowerCase(Locale.ROOT));
      }
    }
    for (int version = 1; version <= 4; version++) {
      if (Features.instructionSet(version).isSupported()) {
        features.add("isa:" + version);
      }
    }
    return features;
  }

  private static void addHelpers(ProgramType type, SortedSet<String> features) {
    String name = name(type);
    for (int helper = 1; helper <= HELPERS; helper++) {
      if (Features.helper(type, helper).isSupported()) {
        features.add("helper:" + name + ":" + helper);
      }
    }
  }

  /**
   * The kernel's name in lower case with '-', but for traffic control, which everybody calls so.
   */
  private static String name(ProgramType type) {
    return switch (type) {
      case SCHED_CLS -> "tc";
      case SCHED_ACT -> "action";
      case SOCK_OPS -> "sockops";
      default -> type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    };
  }
}
