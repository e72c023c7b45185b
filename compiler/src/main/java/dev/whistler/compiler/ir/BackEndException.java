package dev.whistler.compiler.ir;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.source.Origin;
import org.jspecify.annotations.Nullable;

/**
 * The back end cannot translate a unit: {@code E-STACK} or {@code E-LIMIT}. Names the form to blame
 * and says what would help.
 */
public final class BackEndException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Code code;
  private final transient Origin origin;
  private final @Nullable String hint;

  public BackEndException(Code code, Origin origin, String message, @Nullable String hint) {
    super(message);
    this.code = code;
    this.origin = origin;
    this.hint = hint;
  }

  public Code code() {
    return code;
  }

  /** The form to blame. */
  public Origin origin() {
    return origin;
  }

  /** What to do, or null. */
  public @Nullable String hint() {
    return hint;
  }
}
