package dev.whistler.compiler.macro;

/** A budget of section 18.10 is used up; nothing at macro time can catch it. */
final class BudgetExceeded extends RuntimeException {
  private static final long serialVersionUID = 1;

  BudgetExceeded(String budget) {
    super(budget, null, false, false);
  }

  /** The budget and its size, for instance "5,000,000 evaluation steps". */
  String budget() {
    return String.valueOf(getMessage());
  }
}
