/**
 * The command line. One file a verb; {@link dev.whistler.cli.Main} lists them.
 *
 * <p>Data goes to standard output, everything else to standard error. Exit codes: 0 done; 1 the
 * program or the data is at fault; 2 wrong usage; 3 this machine cannot do it.
 */
@NullMarked
package dev.whistler.cli;

import org.jspecify.annotations.NullMarked;
