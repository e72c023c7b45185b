/** Tests of {@link dev.whistler.cli.start.ClassPathRewrite}. */
@NullMarked
package dev.whistler.cli.start;

import org.jspecify.annotations.NullMarked;
