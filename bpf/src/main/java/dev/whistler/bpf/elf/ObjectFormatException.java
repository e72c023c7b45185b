package dev.whistler.bpf.elf;

import dev.whistler.bpf.sys.BpfException;

/** A file is not what it should be: damaged, cut off, for another machine or of another format. */
public final class ObjectFormatException extends BpfException {
  /** What is wrong, and where. */
  public ObjectFormatException(String message) {
    super(message);
  }
}
