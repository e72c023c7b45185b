package dev.whistler.runtime.account;

import java.util.List;
import java.util.Set;

/**
 * One ring's records.
 *
 * @param ring name of the ring buffer map
 * @param produced records submitted in the kernel
 * @param lost records the kernel program got no reservation for: the ring was full, or its lock not
 *     to be had in an NMI; 0 where they are not counted
 * @param countsLost whether the program counts them; objects of other compilers do not
 * @param decoded records turned into JSON
 * @param undecodable records whose bytes fit no declared type
 * @param inRing records submitted and not read yet
 * @param sinks what became of the decoded ones
 */
public record RingCounters(
    String ring,
    long produced,
    long lost,
    boolean countsLost,
    long decoded,
    long undecodable,
    long inRing,
    List<SinkCounters> sinks) {
  public RingCounters {
    sinks = List.copyOf(sinks);
  }

  /** Of a ring whose losses are counted. */
  public RingCounters(
      String ring,
      long produced,
      long lost,
      long decoded,
      long undecodable,
      long inRing,
      List<SinkCounters> sinks) {
    this(ring, produced, lost, true, decoded, undecodable, inRing, sinks);
  }

  RingCounters plus(RingCounters other) {
    return new RingCounters(
        ring,
        produced + other.produced,
        lost + other.lost,
        countsLost || other.countsLost,
        decoded + other.decoded,
        undecodable + other.undecodable,
        inRing + other.inRing,
        ProgramCounters.sums(sinks, other.sinks, SinkCounters::sink, SinkCounters::plus));
  }

  /** With these sinks alone. */
  RingCounters of(Set<String> names) {
    return new RingCounters(
        ring,
        produced,
        lost,
        countsLost,
        decoded,
        undecodable,
        inRing,
        sinks.stream().filter(sink -> names.contains(sink.sink())).toList());
  }

  /** Whether every term of both identities adds up; at rest it must. */
  public boolean balanced() {
    return produced == decoded + undecodable + inRing
        && sinks.stream()
            .allMatch(s -> decoded == s.filtered() + s.delivered() + s.lostTotal() + s.queued());
  }
}
