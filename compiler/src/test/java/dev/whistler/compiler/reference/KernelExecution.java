package dev.whistler.compiler.reference;

import dev.whistler.compiler.tree.TypedUnit;

/** Runs a compiled object's first program once in the running kernel. */
final class KernelExecution {
  private KernelExecution() {}

  static Outcome run(TypedUnit unit, byte[] object, byte[] packet) {
    try (KernelSession session = new KernelSession()) {
      return session.run(unit, object, packet);
    }
  }
}
