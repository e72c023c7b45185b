package dev.whistler.agent.node;

import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileSpec;
import dev.whistler.crds.MalformedContentException;
import java.util.Map;
import java.util.Set;

/**
 * The running kernel as the API server is told of it.
 *
 * @param name of its KernelProfile
 * @param profile the profile itself
 */
public record Kernel(String name, KernelProfileSpec profile) {

  /**
   * @param architecture {@code x86-64} or {@code arm64}
   * @param formats text of each format file, by {@code category/event}
   * @param features what probes found, such as {@code map:27}
   * @throws MalformedContentException when the formats are more than an object holds
   */
  public static Kernel of(String architecture, Map<String, String> formats, Set<String> features)
      throws MalformedContentException {
    KernelProfileContent content = KernelProfileContent.of(architecture, formats, features);
    return new Kernel(content.digest().name(), content.toSpec());
  }
}
