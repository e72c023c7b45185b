package dev.whistler.compiler.ir;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.Sentence;
import dev.whistler.compiler.source.Origin;

/**
 * The back end cannot translate a unit: {@code E-STACK} or {@code E-LIMIT}. Names the form to blame
 * and says what would help.
 */
public final class BackEndException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Sentence sentence;
  private final transient Origin origin;

  public BackEndException(Message message, Origin origin, Object... arguments) {
    this(message.with(arguments), origin);
  }

  private BackEndException(Sentence sentence, Origin origin) {
    super(sentence.text());
    this.sentence = sentence;
    this.origin = origin;
  }

  /** What to say. */
  public Sentence sentence() {
    return sentence;
  }

  /** The form to blame. */
  public Origin origin() {
    return origin;
  }
}
