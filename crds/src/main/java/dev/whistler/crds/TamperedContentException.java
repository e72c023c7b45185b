package dev.whistler.crds;

/**
 * Content that no operator writes. The message is a part of a sentence, without text of its own.
 */
final class TamperedContentException extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * @param what is wrong
   */
  TamperedContentException(String what) {
    super(what);
  }
}
