package dev.whistler.operator.model;

/** Whether an agent lives, by the renewals of its Lease that this operator has seen itself. */
public enum Liveness {
  /** It has renewed within its time. */
  ALIVE,
  /** Its time is not over yet, but since the operator started it has not renewed. */
  UNHEARD,
  /** Its time is over. */
  SILENT
}
