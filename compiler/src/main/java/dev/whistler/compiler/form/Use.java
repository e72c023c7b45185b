package dev.whistler.compiler.form;

/** What becomes of the value of a form that is being analyzed. */
enum Use {
  /** The value is used as a word. */
  VALUE,
  /** Only whether the value is zero matters. */
  TEST,
  /** The value is what the program returns: any word will do, and an effect form means 0. */
  RESULT,
  /** The value is dropped. */
  NONE
}
