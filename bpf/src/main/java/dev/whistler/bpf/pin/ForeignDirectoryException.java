package dev.whistler.bpf.pin;

import dev.whistler.bpf.sys.BpfException;

/** A directory of pins is another user's, or others may write into it: its pins may be theirs. */
public final class ForeignDirectoryException extends BpfException {
  private static final long serialVersionUID = 1L;

  ForeignDirectoryException(String message) {
    super(message);
  }
}
