package dev.whistler.agent.node;

import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.crds.WhistlerNodeStatus.Feature;
import dev.whistler.crds.WhistlerNodeStatus.Support;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What programs can rely on here, for people: the kinds that not every kernel has, and those that
 * need a right which this agent may not have. Some twenty tiny loads, none of which stays.
 */
public final class NodeFeatures {

  private static final int MAX_REASON = 256;

  private NodeFeatures() {}

  /** Probes the running kernel with the rights of this process. */
  public static List<Feature> probe() {
    return outcomes(probes());
  }

  private static Map<String, Supplier<Probe>> probes() {
    Map<String, Supplier<Probe>> probes = new LinkedHashMap<>();
    probes.put("RingBuffer", () -> Features.mapType(MapType.RINGBUF));
    probes.put("Tracepoint", () -> Features.programType(ProgramType.TRACEPOINT));
    probes.put("RawTracepoint", () -> Features.programType(ProgramType.RAW_TRACEPOINT));
    probes.put("Kprobe", () -> Features.link(LinkFeature.KPROBE));
    probes.put("KprobeMulti", () -> Features.link(LinkFeature.KPROBE_MULTI));
    probes.put("Uprobe", () -> Features.link(LinkFeature.UPROBE));
    probes.put("UprobeMulti", () -> Features.link(LinkFeature.UPROBE_MULTI));
    probes.put("Tracing", () -> Features.programType(ProgramType.TRACING));
    probes.put("Lsm", () -> Features.programType(ProgramType.LSM));
    probes.put("Xdp", () -> Features.programType(ProgramType.XDP));
    probes.put("Tcx", () -> Features.link(LinkFeature.TCX));
    probes.put("Netfilter", () -> Features.link(LinkFeature.NETFILTER));
    probes.put("InstructionSet3", () -> Features.instructionSet(3));
    probes.put("InstructionSet4", () -> Features.instructionSet(4));
    return probes;
  }

  /** The outcome of each probe; one that fails is one that cannot tell. */
  static List<Feature> outcomes(Map<String, Supplier<Probe>> probes) {
    return probes.entrySet().stream().map(it -> outcome(it.getKey(), it.getValue())).toList();
  }

  private static Feature outcome(String name, Supplier<Probe> probe) {
    try {
      Probe outcome = probe.get();
      return switch (outcome.support()) {
        case YES -> new Feature(name, Support.SUPPORTED, null);
        case NO -> new Feature(name, Support.NOT_SUPPORTED, shortened(outcome.reason()));
        case UNKNOWN -> new Feature(name, Support.UNKNOWN, shortened(outcome.reason()));
      };
    } catch (BpfException e) {
      return new Feature(name, Support.UNKNOWN, shortened(String.valueOf(e.getMessage())));
    }
  }

  private static String shortened(String reason) {
    return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 1) + "…";
  }
}
