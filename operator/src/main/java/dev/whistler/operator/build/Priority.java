package dev.whistler.operator.build;

/** Whose builds come first: those of the first constant. */
public enum Priority {
  /** Somebody waits at a terminal. */
  ADMISSION,
  /** A program in the cluster. */
  RECONCILE
}
