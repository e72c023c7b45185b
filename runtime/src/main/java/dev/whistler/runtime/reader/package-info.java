/**
 * Who reads the rings of this process and writes what was read, told to the programs that leave out
 * what these threads cause. Entry points: {@link dev.whistler.runtime.reader.ReaderThread}, {@link
 * dev.whistler.runtime.reader.ReaderThreads}.
 */
@NullMarked
package dev.whistler.runtime.reader;

import org.jspecify.annotations.NullMarked;
