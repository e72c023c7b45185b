package dev.whistler.agent.node;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.btf.ReducedBtf;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileSpec;
import dev.whistler.crds.KernelTypesContent;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.WhistlerNodeStatus;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The running kernel as the API server is told of it.
 *
 * @param name of its KernelProfile
 * @param profile the profile itself
 * @param types its types in pieces; empty when it has none, or more than objects hold
 */
public record Kernel(String name, KernelProfileSpec profile, Optional<KernelTypesContent> types) {

  private static final Logger LOG = Logger.getLogger(Kernel.class);

  /** As the node states it. */
  public WhistlerNodeStatus.Kernel stated() {
    return WhistlerNodeStatus.Kernel.of(name, types.map(KernelTypesContent::pieces).orElse(null));
  }

  /**
   * Describes the kernel on which this process runs.
   *
   * @throws BpfException when its tracepoints cannot be read
   * @throws MalformedContentException when they are more than an object holds
   */
  public static Kernel read(Machine machine) throws MalformedContentException {
    try (Tracefs tracefs = Tracefs.open()) {
      return of(machine.architecture(), tracefs.kernelFormats(), Set.of(), readTypes());
    }
  }

  /**
   * The same kernel with the tracepoints that it has now: modules bring some and take them away,
   * and nothing else of a description changes while a kernel runs.
   */
  public Kernel readAgain(Machine machine) throws MalformedContentException {
    try (Tracefs tracefs = Tracefs.open()) {
      return readAgain(machine, tracefs);
    }
  }

  /** As described in a tracing directory. */
  Kernel readAgain(Machine machine, Tracefs tracefs) throws MalformedContentException {
    return of(machine.architecture(), tracefs.kernelFormats(), Set.of(), types);
  }

  /** Programs that need no types run without them. */
  private static Optional<KernelTypesContent> readTypes() {
    if (!KernelBtf.isPresent()) {
      return Optional.empty();
    }
    try {
      // Not the copy that is kept for programs: most nodes never load one that needs it.
      ReducedBtf reduced = ReducedBtf.of(Btf.parse(KernelBtf.bytes()));
      return Optional.of(KernelTypesContent.of(reduced.types(), reduced.functions()));
    } catch (BpfException | MalformedContentException e) {
      LOG.warnf(
          "The kernel's types cannot be told, so that programs which need them do not compile for"
              + " this node: %s",
          e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * @param architecture {@code x86-64} or {@code arm64}
   * @param formats text of each format file, by {@code category/event}
   * @param features what probes found, such as {@code map:27}
   * @throws MalformedContentException when the formats are more than an object holds
   */
  static Kernel of(
      String architecture,
      Map<String, String> formats,
      Set<String> features,
      Optional<KernelTypesContent> types)
      throws MalformedContentException {
    KernelProfileContent content = KernelProfileContent.of(architecture, formats, features);
    return new Kernel(content.digest().name(), content.toSpec(), types);
  }
}
