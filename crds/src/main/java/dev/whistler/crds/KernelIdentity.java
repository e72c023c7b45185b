package dev.whistler.crds;

import org.jspecify.annotations.Nullable;

/**
 * Which kernel a node has, as far as programs can depend on it: two kernels with the same profile
 * and the same types are one. Artifacts are bound to it.
 */
public final class KernelIdentity {
  private KernelIdentity() {}

  /**
   * The identity, 40 hex digits.
   *
   * @param profile name of the {@link KernelProfile}
   * @param types digest of the kernel's types; null where they are not known
   */
  public static String of(String profile, @Nullable String types) {
    return Digest.ofText("kernel\n" + profile + "\n" + (types == null ? "" : types)).name();
  }
}
