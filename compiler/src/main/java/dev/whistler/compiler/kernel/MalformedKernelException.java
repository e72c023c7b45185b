package dev.whistler.compiler.kernel;

/**
 * A kernel description holds something that no kernel produces, or more than the limits allow. The
 * message is one sentence that names the part.
 */
public final class MalformedKernelException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public MalformedKernelException(String message) {
    super(message, null, false, false);
  }
}
