package dev.whistler.tier.object;

/**
 * The type of a map.
 *
 * @param number enum bpf_map_type, or {@link #UNKNOWN}
 * @param inner the type of the maps that it holds, or {@link #UNKNOWN}
 */
public record MapType(int number, int inner) {
  /** A type that the object does not tell. */
  public static final int UNKNOWN = 0;
}
