package dev.whistler.runtime.maps;

/** An entry does not fit its map; the message names the map, the entry and the path in it. */
public final class MapEntryException extends Exception {
  private static final long serialVersionUID = 1;

  public MapEntryException(String message) {
    super(message);
  }
}
