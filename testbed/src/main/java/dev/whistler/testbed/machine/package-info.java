/** What this machine holds at one moment, so that what a run leaves behind can be told. */
@NullMarked
package dev.whistler.testbed.machine;

import org.jspecify.annotations.NullMarked;
