/**
 * Definitions of a unit: structs, unions, maps, constants, knobs, tracepoints, programs (sections
 * 5, 9, 10, 13, 15 and 19), one class for each, which reads the expanded data of a top-level form
 * and notes what it says in {@link dev.whistler.compiler.define.UnitTables}.
 *
 * <p>{@link dev.whistler.compiler.define.UnitContext} is what the analysis of a unit shares. Bodies
 * wait here unread; what calls of generated operators mean, and how constant expressions fold, is
 * handed in by {@code form}, of which nothing here knows.
 */
@NullMarked
package dev.whistler.compiler.define;

import org.jspecify.annotations.NullMarked;
