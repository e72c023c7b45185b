package dev.whistler.compiler.ir;

import dev.whistler.compiler.tree.Expr.Relation;

/** Relations turned round. */
public final class Relations {
  private Relations() {}

  /** The relation that holds exactly when this one does not. */
  public static Relation inverse(Relation relation) {
    return switch (relation) {
      case EQUAL -> Relation.NOT_EQUAL;
      case NOT_EQUAL -> Relation.EQUAL;
      case LESS -> Relation.GREATER_EQUAL;
      case LESS_EQUAL -> Relation.GREATER;
      case GREATER -> Relation.LESS_EQUAL;
      case GREATER_EQUAL -> Relation.LESS;
      case SIGNED_LESS -> Relation.SIGNED_GREATER_EQUAL;
      case SIGNED_LESS_EQUAL -> Relation.SIGNED_GREATER;
      case SIGNED_GREATER -> Relation.SIGNED_LESS_EQUAL;
      case SIGNED_GREATER_EQUAL -> Relation.SIGNED_LESS;
    };
  }

  /** The relation of the operands in the other order. */
  public static Relation swapped(Relation relation) {
    return switch (relation) {
      case EQUAL, NOT_EQUAL -> relation;
      case LESS -> Relation.GREATER;
      case LESS_EQUAL -> Relation.GREATER_EQUAL;
      case GREATER -> Relation.LESS;
      case GREATER_EQUAL -> Relation.LESS_EQUAL;
      case SIGNED_LESS -> Relation.SIGNED_GREATER;
      case SIGNED_LESS_EQUAL -> Relation.SIGNED_GREATER_EQUAL;
      case SIGNED_GREATER -> Relation.SIGNED_LESS;
      case SIGNED_GREATER_EQUAL -> Relation.SIGNED_LESS_EQUAL;
    };
  }

  /** Whether an instruction set has a jump for it: v1 lacks the four "less" relations. */
  public static boolean isSupported(Relation relation, int instructionSet) {
    return instructionSet >= 2
        || switch (relation) {
          case EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, SIGNED_GREATER, SIGNED_GREATER_EQUAL ->
              true;
          case LESS, LESS_EQUAL, SIGNED_LESS, SIGNED_LESS_EQUAL -> false;
        };
  }
}
