package dev.whistler.compiler.check;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.MapDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Something that a helper acquired and that must be given back on every path: a ring buffer
 * reservation (section 11) or a socket (16.2). Compared by identity.
 */
public final class Resource {
  /** What a path knows about a resource. */
  public enum State {
    /** Acquired, not yet tested against 0. */
    UNCHECKED,
    LIVE,
    /** The helper returned 0 on this path. */
    ABSENT,
    /** Submitted, discarded or released. */
    DEAD
  }

  private final String description;
  private final @Nullable MapDefinition ring;
  private final boolean managed;
  private final Origin origin;

  /**
   * Makes a resource.
   *
   * @param description for messages, for instance "the reservation of ring buffer events"
   * @param ring the ring buffer of a reservation, or null
   * @param managed whether {@code with-ringbuf} gives it back on exits
   */
  public Resource(
      String description, @Nullable MapDefinition ring, boolean managed, Origin origin) {
    this.description = description;
    this.ring = ring;
    this.managed = managed;
    this.origin = origin;
  }

  public String description() {
    return description;
  }

  public @Nullable MapDefinition ring() {
    return ring;
  }

  public boolean managed() {
    return managed;
  }

  public Origin origin() {
    return origin;
  }
}
