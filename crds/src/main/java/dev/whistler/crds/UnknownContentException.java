package dev.whistler.crds;

/** Content of a newer version, which must not be acted by in part. */
final class UnknownContentException extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * @param what is not known
   */
  UnknownContentException(String what) {
    super(what);
  }
}
