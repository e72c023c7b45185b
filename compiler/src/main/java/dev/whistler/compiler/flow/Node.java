package dev.whistler.compiler.flow;

import java.util.List;

/** A block as part of a control-flow graph. */
public interface Node<N extends Node<N>> {
  /** From 0; no other block of the graph has the same. */
  int number();

  /** Where control may go from the end of the block. */
  List<N> successors();
}
