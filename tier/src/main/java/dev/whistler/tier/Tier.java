package dev.whistler.tier;

/** What a program may do; each tier allows what those before it do. */
public enum Tier {
  /** Look, and change nothing but its own maps and rings. */
  OBSERVE("observe"),
  /** Change packets and sockets, refuse operations, send signals; not write foreign memory. */
  ACT("act"),
  /** Whatever the kernel allows. */
  UNRESTRICTED("unrestricted");

  private final String text;

  Tier(String text) {
    this.text = text;
  }

  /** The name by which people write it, for instance {@code observe}. */
  public String text() {
    return text;
  }

  /** Whether a program of this tier may do what needs that one. */
  public boolean allows(Tier needed) {
    return compareTo(needed) >= 0;
  }

  /** The tier of that name. */
  public static Tier of(String text) {
    for (Tier tier : values()) {
      if (tier.text.equals(text)) {
        return tier;
      }
    }
    throw new IllegalArgumentException("no tier is called " + text);
  }
}
