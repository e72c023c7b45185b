package dev.whistler.operator.profile;

import dev.whistler.compiler.kernel.KernelDescription;

/** What the operator knows of a kernel that a node announced. */
public sealed interface KernelKnowledge {
  /** Its profile is there and right, and so are its types if it has any. */
  record Known(KernelDescription kernel) implements KernelKnowledge {}

  /** No agent has uploaded its profile and all of its types yet. */
  record Awaited() implements KernelKnowledge {}

  /**
   * Its profile is not what its digest promises.
   *
   * @param message one sentence
   */
  record Malformed(String message) implements KernelKnowledge {}
}
