package dev.whistler.compiler.type;

/**
 * The memory that a pointer points into (section 4.4). {@code UNKNOWN} is the join of different
 * regions.
 */
public enum Region {
  STACK,
  MAP_VALUE,
  RING,
  PACKET,
  CONTEXT,
  KERNEL,
  GLOBAL,
  UNKNOWN
}
