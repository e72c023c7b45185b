package dev.whistler.runtime.update;

/**
 * What became of a map in an update.
 *
 * @param map name as in the source of the new revision
 * @param carried whether the new revision goes on with the map of the old one
 * @param reason why it begins anew, for instance {@code its size differs}; empty if it is carried
 */
public record CarryOver(String map, boolean carried, String reason) {}
