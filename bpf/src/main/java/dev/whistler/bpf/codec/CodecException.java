package dev.whistler.bpf.codec;

import dev.whistler.bpf.sys.BpfException;
import org.jspecify.annotations.Nullable;

/** A codec does not fit a map or a Java type, or a value does not fit its codec. */
public final class CodecException extends BpfException {
  /** A misfit, in a sentence. */
  public CodecException(String message) {
    super(message);
  }

  /** A misfit that something else found. */
  public CodecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
