package dev.whistler.runtime;

/** Starts programs on this machine. */
public final class Runtime {
  private Runtime() {}

  /**
   * Loads the object, seeds its maps, attaches its programs and begins to deliver its records.
   *
   * <p>On return every program of the object that has somewhere to attach is attached. On failure
   * nothing of it is left in the kernel.
   *
   * @throws StartException with a typed reason and a sentence that says what to do
   */
  public static RunningProgram start(RunRequest request) throws StartException {
    return Starting.start(request);
  }
}
