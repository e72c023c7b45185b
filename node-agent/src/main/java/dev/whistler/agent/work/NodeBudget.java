package dev.whistler.agent.work;

import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the programs of this node take of it together: maps are kernel memory that the agent's
 * container pays for, so without a bound one program can end them all.
 *
 * <p>While a program is replaced, maps of both revisions are there. Where the node's bound does not
 * leave room for that, one program at a time may exceed it, so that a full node can be updated.
 */
public final class NodeBudget {

  private static final long MIB = 1 << 20;

  private final int maxPrograms;
  private final long programMapBytes;
  private final long nodeMapBytes;
  private final Map<String, Long> loaded = new HashMap<>();
  private final Map<String, Long> coming = new HashMap<>();

  /**
   * @param maxPrograms most programs of the node
   * @param programMapBytes most bytes of the maps of one program
   * @param nodeMapBytes most bytes of the maps of all programs
   */
  public NodeBudget(int maxPrograms, long programMapBytes, long nodeMapBytes) {
    this.maxPrograms = maxPrograms;
    this.programMapBytes = programMapBytes;
    this.nodeMapBytes = nodeMapBytes;
  }

  /**
   * Says early that a program would find no place among those of the node.
   *
   * @throws StartException {@code NODE_FULL}
   */
  synchronized void requirePlace(String uid) throws StartException {
    Set<String> taken = new HashSet<>(loaded.keySet());
    taken.addAll(coming.keySet());
    if (!taken.contains(uid) && taken.size() >= maxPrograms) {
      throw new StartException(
          FailureReason.NODE_FULL,
          "This node runs %d programs and takes on no more; delete some, or let nodeSelector choose fewer nodes."
              .formatted(maxPrograms));
    }
  }

  /**
   * Reserves the memory of a revision that is about to be loaded; {@link #keep} or {@link
   * #giveBack} ends that.
   *
   * @param bytes of its maps
   * @throws StartException {@code TOO_MUCH_MEMORY} if no program may have so much, {@code
   *     NODE_FULL} if the others leave too little, or no place
   */
  synchronized void reserve(String uid, long bytes) throws StartException {
    requirePlace(uid);
    if (bytes > programMapBytes) {
      throw new StartException(
          FailureReason.TOO_MUCH_MEMORY,
          "Its maps take %s of kernel memory, and a program may have %s; lower max-entries, or have agent.limits.programMapBytes raised."
              .formatted(text(bytes), text(programMapBytes)));
    }
    long others = 0;
    long twice = 0;
    Set<String> all = new HashSet<>(loaded.keySet());
    all.addAll(coming.keySet());
    all.remove(uid);
    for (String other : all) {
      long now = loaded.getOrDefault(other, 0L);
      long next = coming.getOrDefault(other, 0L);
      others += Math.max(now, next);
      twice += Math.min(now, next);
    }
    if (others + bytes > nodeMapBytes) {
      throw new StartException(
          FailureReason.NODE_FULL,
          "Its maps take %s of kernel memory; those of the node's other programs take %s of the %s that all may have. Lower max-entries, delete programs, or have agent.limits.nodeMapBytes raised."
              .formatted(text(bytes), text(others), text(nodeMapBytes)));
    }
    long own = Math.min(bytes, loaded.getOrDefault(uid, 0L));
    if (own > 0 && twice > 0 && others + twice + bytes + own > nodeMapBytes) {
      throw new StartException(
          FailureReason.NODE_FULL,
          "Its maps take %s of kernel memory, for which there is no room beside those that they replace until another program of the node is updated."
              .formatted(text(bytes)));
    }
    coming.put(uid, bytes);
  }

  /** What was reserved is loaded, in place of what was there. */
  synchronized void keep(String uid) {
    Long bytes = coming.remove(uid);
    if (bytes != null) {
      loaded.put(uid, bytes);
    }
  }

  /** What was reserved was not loaded. */
  synchronized void giveBack(String uid) {
    coming.remove(uid);
  }

  /** What was loaded is there no more. */
  synchronized void release(String uid) {
    loaded.remove(uid);
  }

  private static String text(long bytes) {
    return bytes % MIB == 0
        ? bytes / MIB + " MiB"
        : bytes < MIB ? bytes + " bytes" : "%.1f MiB".formatted((double) bytes / MIB);
  }
}
