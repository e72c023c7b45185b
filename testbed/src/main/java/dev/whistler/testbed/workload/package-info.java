/** Things that happen on this machine on purpose, with known truth, for programs to observe. */
@NullMarked
package dev.whistler.testbed.workload;

import org.jspecify.annotations.NullMarked;
