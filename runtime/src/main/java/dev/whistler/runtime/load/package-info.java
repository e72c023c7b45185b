/**
 * Brings an object into the kernel and attaches its programs. Either all of it is there afterwards,
 * or nothing is. Entry points: {@link dev.whistler.runtime.load.ObjectLoading}, {@link
 * dev.whistler.runtime.load.Attaching}.
 */
@NullMarked
package dev.whistler.runtime.load;

import org.jspecify.annotations.NullMarked;
