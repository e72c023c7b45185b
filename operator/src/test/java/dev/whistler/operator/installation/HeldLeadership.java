package dev.whistler.operator.installation;

/** For tests of what a leader does. */
public final class HeldLeadership {
  private HeldLeadership() {}

  /** One that nothing ends. */
  public static Leadership forEver() {
    Leadership leadership = new Leadership(() -> 0);
    leadership.holdUntil(1);
    return leadership;
  }
}
