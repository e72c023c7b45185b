package dev.whistler.agent.node;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileSpec;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.WhistlerNodeStatus;
import java.util.Map;
import java.util.Set;

/**
 * The running kernel as the API server is told of it.
 *
 * @param name of its KernelProfile
 * @param profile the profile itself
 */
public record Kernel(String name, KernelProfileSpec profile) {

  /** As the node states it; the types are not described yet. */
  public WhistlerNodeStatus.Kernel stated() {
    return WhistlerNodeStatus.Kernel.of(name, null);
  }

  /**
   * Describes the kernel on which this process runs.
   *
   * @throws BpfException when its tracepoints cannot be read
   * @throws MalformedContentException when they are more than an object holds
   */
  public static Kernel read(Machine machine) throws MalformedContentException {
    try (Tracefs tracefs = Tracefs.open()) {
      return of(machine.architecture(), tracefs.kernelFormats(), Set.of());
    }
  }

  /**
   * @param architecture {@code x86-64} or {@code arm64}
   * @param formats text of each format file, by {@code category/event}
   * @param features what probes found, such as {@code map:27}
   * @throws MalformedContentException when the formats are more than an object holds
   */
  static Kernel of(String architecture, Map<String, String> formats, Set<String> features)
      throws MalformedContentException {
    KernelProfileContent content = KernelProfileContent.of(architecture, formats, features);
    return new Kernel(content.digest().name(), content.toSpec());
  }
}
